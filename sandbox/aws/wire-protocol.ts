import type { IncomingHttpHeaders } from 'node:http';
import type { AwsError } from './aws-error.ts';

/** A request without its body: enough to identify the service and its protocol. */
export interface RequestHead {
  readonly method: string;
  /** The path as sent, percent-encoded. */
  readonly path: string;
  /** The query string as sent, without `?`. */
  readonly query: string;
  /** Header names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The same headers; a repeated header has one entry per value. */
  readonly headerValues: NodeJS.Dict<string[]>;
}

/** A request with its whole body. */
export interface WireRequest extends RequestHead {
  readonly body: Buffer;
}

/** The response to the client. */
export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a service reads requests and writes responses. */
export interface WireProtocol {
  /** The service's SigV4 name; undefined for an unknown service. */
  readonly service: string | undefined;
  /** The maximum length of a body. */
  readonly bodyLimitBytes: number;
  /** The error for a longer body. */
  readonly bodyTooLarge: () => AwsError;
  /** The operation's name; undefined if the request does not name one. */
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
