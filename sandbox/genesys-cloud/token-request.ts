import type { GenesysRequest } from './exchange.ts';

/** How a client identifies itself: by HTTP Basic, in the body, or (a public client with PKCE) by its id alone. */
interface ClientClaim {
  readonly clientId: string;
  /** Undefined for a public client. */
  readonly clientSecret: string | undefined;
}

/** A parsed token request, not yet validated. */
export interface TokenRequest {
  readonly form: OAuthParameters;
  /** `ambiguous`: two methods, which RFC 6749 §2.3 forbids; undefined: none, or unreadable. */
  readonly claim: ClientClaim | 'ambiguous' | undefined;
}

/** Parses a token request. */
export function readTokenRequest(request: GenesysRequest): TokenRequest {
  const form = readParameters(new URLSearchParams(request.body));
  return { form, claim: claimOf(request.headers.authorization, form) };
}

function claimOf(authorization: string | undefined, { values }: OAuthParameters): TokenRequest['claim'] {
  const { client_id: clientId, client_secret: clientSecret } = values;
  if (authorization === undefined) return clientId === undefined ? undefined : { clientId, clientSecret };
  const basic = basicCredentials(authorization);
  if (basic === undefined) return undefined;
  if (clientSecret !== undefined || (clientId !== undefined && clientId !== basic.clientId))
    return 'ambiguous';
  return basic;
}

/** HTTP Basic as Genesys Cloud's SDKs send it: id and secret are not form-encoded first. */
function basicCredentials(authorization: string): ClientClaim | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const credentials = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = credentials.indexOf(':');
  if (colon < 0) return undefined;
  return { clientId: credentials.slice(0, colon), clientSecret: credentials.slice(colon + 1) };
}

/** The parameters of a query or form that OAuth allows: each given once and not empty. */
export interface OAuthParameters {
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Names that were given more than once; RFC 6749 §3.1 and §3.2 forbid that. */
  readonly repeated: readonly string[];
}

/** Reads a query or form; a parameter without a value counts as absent (RFC 6749 §3.1 and §3.2). */
export function readParameters(parameters: URLSearchParams): OAuthParameters {
  const names = [...new Set(parameters.keys())];
  return {
    values: Object.fromEntries([...parameters].filter(([, value]) => value !== '')),
    repeated: names.filter(name => parameters.getAll(name).length > 1),
  };
}
