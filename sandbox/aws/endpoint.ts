import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Authorizer } from '../iam/authorizer.ts';
import { closeNow, listenOnLoopback, loopbackUrl, readBody } from '../loopback-server.ts';
import { OpenRequests } from '../open-requests.ts';
import { authenticate } from './authentication.ts';
import { AwsError } from './aws-error.ts';
import type { Identities } from './identities.ts';
import { ConnectionDropped, RawResponse } from './interruptions.ts';
import { jsonProtocol } from './json-protocol.ts';
import { isLambdaPath, lambdaProtocol } from './lambda-protocol.ts';
import { isQueryRequest, queryProtocol } from './query-protocol.ts';
import type { AwsCall, AwsInterceptor, AwsOperation, AwsService } from './service.ts';
import { validated } from './validation.ts';
import type { RequestHead, WireProtocol, WireRequest, WireResponse } from './wire-protocol.ts';

/** The options of an {@link AwsEndpoint}. */
export interface AwsEndpointOptions {
  readonly services: readonly AwsService[];
  readonly identities: Identities;
  /** Authorises a call after all interceptors have let it through. */
  readonly authorizer: Pick<Authorizer, 'authorize'>;
  /** Wrap every call with a valid signature, operation and input; the first one is the outermost. */
  readonly interceptors?: readonly AwsInterceptor[];
  /** Rejects requests signed for another region (default: every region is accepted). */
  readonly region?: string;
  /** The port on 127.0.0.1; 0, the default, picks a free port. */
  readonly port?: number;
  /** Tracks the requests being served. */
  readonly openRequests?: OpenRequests;
  /** Receives every error that is not an {@link AwsError}; the client gets `InternalFailure`. */
  readonly onDefect: (error: unknown, call: string) => void;
}

/**
 * One HTTP server on 127.0.0.1 for all emulated AWS services: the target of `AWS_ENDPOINT_URL` for the AWS SDKs and the
 * AWS CLI. The request identifies the service, so the host name (such as a `sync-` prefix) does not matter.
 */
export class AwsEndpoint {
  readonly #options: AwsEndpointOptions;
  readonly #services: ReadonlyMap<string, AwsService>;
  readonly #server: Server;

  constructor(options: AwsEndpointOptions) {
    this.#options = options;
    this.#services = new Map(options.services.map(service => [service.id, service]));
    const openRequests = options.openRequests ?? new OpenRequests();
    // Closing an idle connection while a client reuses it would lose a call.
    this.#server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      void openRequests.serve(request.socket, () => this.#serve(request, response));
    });
  }

  /** Starts listening; rejects when the port is in use. */
  async listen(): Promise<void> {
    await listenOnLoopback(this.#server, this.#options.port ?? 0);
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  /** The base URL for `AWS_ENDPOINT_URL`; throws when the endpoint is not listening. */
  get url(): string {
    return loopbackUrl(this.#server, 'The AWS endpoint');
  }

  /** Stops listening and closes all connections, including those of calls in progress. */
  async close(): Promise<void> {
    await closeNow(this.#server);
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const head = headOf(message);
    const protocol = protocolOf(head);
    const body = await readBody(message, protocol.bodyLimitBytes).catch(() => 'aborted' as const);
    if (body === 'aborted') return;

    const reply =
      body === undefined
        ? protocol.writeError(protocol.bodyTooLarge(), requestId)
        : await this.#respond({ ...head, body }, protocol, requestId);
    if (reply === undefined) {
      message.socket.destroy();
      return;
    }
    // The clocks of the sandbox, its functions and external clients differ. With a Date header, an SDK
    // would assume clock skew and retry rejected calls.
    response.sendDate = false;
    response.writeHead(reply.statusCode, {
      ...reply.headers,
      'content-length': Buffer.byteLength(reply.body),
    });
    response.end(reply.body);
  }

  /** @returns undefined to drop the connection */
  async #respond(
    request: WireRequest,
    protocol: WireProtocol,
    requestId: string,
  ): Promise<WireResponse | undefined> {
    const operation = protocol.operation(request);
    try {
      const { service } = protocol;
      if (service === undefined)
        throw new AwsError('UnknownOperationException', 'The sandbox does not emulate this service.');
      const scope = { service, region: this.#options.region };
      const caller = authenticate(request, scope, this.#options.identities);
      const implementation = this.#operation(service, operation);
      const input = validated(implementation.schema, protocol.input(request));
      const call: AwsCall = { service, operation: operation ?? '', input, caller, requestId };
      return protocol.writeResponse(call.operation, await this.#run(implementation, call), requestId);
    } catch (error) {
      if (error instanceof ConnectionDropped) return undefined;
      if (error instanceof RawResponse) return error.response;
      if (error instanceof AwsError) return protocol.writeError(error, requestId);
      this.#options.onDefect(error, `${protocol.service}:${operation}`);
      return protocol.writeError(
        new AwsError(
          'InternalFailure',
          'The request processing has failed because of an unknown error, exception or failure.',
          { statusCode: 500 },
        ),
        requestId,
      );
    }
  }

  #operation(service: string, name: string | undefined): AwsOperation {
    const operations = this.#services.get(service)?.operations ?? {};
    const implementation =
      name !== undefined && Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (implementation === undefined)
      throw new AwsError(
        'UnknownOperationException',
        `The sandbox does not emulate ${name ? `the operation ${name}` : 'this operation'} of ${service}.`,
      );
    return implementation;
  }

  #run(implementation: AwsOperation, call: AwsCall): Promise<object> {
    const chain = (this.#options.interceptors ?? []).reduceRight<() => Promise<object>>(
      (next, interceptor) => () => interceptor(call, next),
      async () => {
        for (const request of implementation.access(call.input, call)) {
          this.#options.authorizer.authorize(call.caller, request);
        }
        return implementation.run(call.input, call);
      },
    );
    return chain();
  }
}

function headOf(message: IncomingMessage): RequestHead {
  const url = message.url ?? '/';
  const queryMark = url.indexOf('?');
  return {
    method: message.method ?? '',
    path: queryMark < 0 ? url : url.slice(0, queryMark),
    query: queryMark < 0 ? '' : url.slice(queryMark + 1),
    headers: message.headers,
    headerValues: message.headersDistinct,
  };
}

function protocolOf(head: RequestHead): WireProtocol {
  if (isLambdaPath(head.path)) return lambdaProtocol(head);
  return isQueryRequest(head) ? queryProtocol(head) : jsonProtocol(head);
}
