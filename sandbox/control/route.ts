import type { ServerResponse } from 'node:http';

/** A request, as far as its route has to know it. */
interface RouteRequest {
  /** The JSON that came with it; undefined when none did. */
  readonly body: unknown;
  /** The named groups of {@link Route.target}. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

/** What a route answers: a status with a JSON body, or something that it writes by itself. */
export type RouteResponse =
  | { readonly statusCode: number; readonly body?: unknown }
  | { readonly write: (response: ServerResponse) => void };

/** Answers requests of one method to the targets of one form. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Matches the request's path and query in full, without `token` and `code`. */
  readonly target: RegExp;
  /** Answers without the token: for what says nothing about the sandbox. */
  readonly isPublic?: true;
  /** @throws Refusal what it cannot do */
  readonly handle: (request: RouteRequest) => RouteResponse | Promise<RouteResponse>;
}

/** The answer 200 with a JSON body. */
export function ok(body: unknown): RouteResponse {
  return { statusCode: 200, body };
}
