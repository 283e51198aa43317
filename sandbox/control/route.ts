import type { ServerResponse } from 'node:http';

/** The parts of a request that routes use. */
interface RouteRequest {
  /** The JSON body; undefined when there is none. */
  readonly body: unknown;
  /** The named groups of {@link Route.target}. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

/** The response of a route: a status with a JSON body, or a function that writes it. */
export type RouteResponse =
  | { readonly statusCode: number; readonly body?: unknown }
  | { readonly write: (response: ServerResponse) => void };

/** Handles requests with a method and a matching target. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Matches the request's path and query in full, without `token` and `code`. */
  readonly target: RegExp;
  /** Whether requests need no token, because the response reveals nothing about the sandbox. */
  readonly isPublic?: true;
  /** @throws Refusal */
  readonly handle: (request: RouteRequest) => RouteResponse | Promise<RouteResponse>;
}

/** A response 200 with a JSON body. */
export function ok(body: unknown): RouteResponse {
  return { statusCode: 200, body };
}
