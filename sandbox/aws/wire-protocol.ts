import type { IncomingHttpHeaders } from 'node:http';
import type { AwsError } from './aws-error.ts';

/** A request without its body: enough to tell which service is meant and how it speaks. */
export interface RequestHead {
  readonly method: string;
  /** The path as it was sent, still percent-encoded. */
  readonly path: string;
  /** The query string as it was sent, without `?`. */
  readonly query: string;
  /** Header names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The same headers, each value of a repeated header by itself. */
  readonly headerValues: NodeJS.Dict<string[]>;
}

/** A request with its whole body. */
export interface WireRequest extends RequestHead {
  readonly body: Buffer;
}

/** What goes back to the client. */
export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How one service reads requests and writes answers. */
export interface WireProtocol {
  /** The service's SigV4 name; undefined when the request names none that exists. */
  readonly service: string | undefined;
  /** The longest body that is read. */
  readonly bodyLimitBytes: number;
  /** The refusal of a longer body. */
  readonly bodyTooLarge: () => AwsError;
  /** The operation's name; undefined when the request names none. */
  operation(request: WireRequest): string | undefined;
  /**
   * The operation's input members.
   *
   * @throws AwsError SerializationException when the body cannot be read
   */
  input(request: WireRequest): unknown;
  writeResponse(operation: string, output: object, requestId: string): WireResponse;
  writeError(error: AwsError, requestId: string): WireResponse;
}
