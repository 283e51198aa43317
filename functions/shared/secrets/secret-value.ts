import { InvalidSecret } from '../errors.ts';
import { DEFAULT_HOST, GENESYS_HOSTS, genesysHost } from '../genesys/regions.ts';
import { instantOf } from '../input/parse.ts';

/** A Genesys Cloud credential in a version of the secret. */
export interface Credential {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  /** The refresh token of a second login, whose access token no consumer holds; absent with a single grant. */
  readonly alternateRefreshToken?: string;
  /** Absent in a secret that has never been rotated. */
  readonly accessToken?: string;
  /** The Genesys Cloud host, e.g. `mypurecloud.de`. */
  readonly host: string;
  /** When the access token expires; absent if no rotation has written it. */
  readonly expiresAt?: Date;
  /** The required Genesys Cloud user of the tokens; absent if any user is allowed. */
  readonly genesysUserId?: string;
  /** The whole JSON object, including other keys. */
  readonly keys: Readonly<Record<string, unknown>>;
}

/** A token pair as Genesys Cloud issued it. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token expires; absent when the response had no `expires_in`. */
  readonly expiresAt?: Date;
}

/**
 * Reads a credential from a secret's value.
 *
 * @param secretArn named in the errors
 * @throws InvalidSecret names the invalid key, never its value; drops the parser's message, because it quotes the text
 */
export function parseCredential(
  secretArn: string,
  value: { readonly SecretString?: string | undefined; readonly SecretBinary?: Uint8Array | undefined },
): Credential {
  const refuse = (what: string): InvalidSecret =>
    new InvalidSecret(
      `The value of secret ${secretArn} ${what} Write a corrected value and redrive the execution.`,
    );

  if (value.SecretString === undefined) {
    throw refuse('is binary; expected a JSON object with clientId, clientSecret and refreshToken as text.');
  }
  const keys = parseObject(value.SecretString);
  if (keys === undefined) {
    throw refuse('is not a JSON object; expected one with clientId, clientSecret and refreshToken.');
  }

  const optional = (key: string): string | undefined => {
    const found = keys[key];
    if (found === undefined || found === null) return undefined;
    if (typeof found !== 'string') throw refuse(`has a key ${key} that is not a string.`);
    if (found.trim() === '') throw refuse(`has an empty key ${key}.`);
    return found;
  };
  const required = (key: string): string => {
    const found = optional(key);
    if (found === undefined) throw refuse(`lacks the key ${key}.`);
    return found;
  };

  const clientId = required('clientId');
  const clientSecret = required('clientSecret');
  const refreshToken = required('refreshToken');
  const alternateRefreshToken = optional('alternateRefreshToken');
  const accessToken = optional('accessToken');
  const region = optional('region');
  const host = region === undefined ? DEFAULT_HOST : genesysHost(region);
  if (host === undefined) {
    throw refuse(
      `has a key region that is not a Genesys Cloud region; use one of ${GENESYS_HOSTS.join(', ')}, or its AWS region name.`,
    );
  }
  const genesysUserId = optional('genesysUserId');
  // A hand-written value is only a hint, so an invalid one counts as absent.
  const expiresAt = instantOf(keys.expiresAt);
  return {
    clientId,
    clientSecret,
    refreshToken,
    alternateRefreshToken,
    accessToken,
    host,
    expiresAt,
    genesysUserId,
    keys,
  };
}

/**
 * Checks that the value identifies itself as a Genesys Cloud credential. With `allSecrets`, anyone who may call
 * RotateSecret on a secret can make the functions read it. Another kind of credential may have the same keys, including
 * a `region` of AWS, but not a Genesys Cloud host.
 *
 * @throws InvalidSecret
 */
export function assertNamesHost(secretArn: string, { keys }: Pick<Credential, 'keys'>): void {
  const { region } = keys;
  if (typeof region === 'string' && GENESYS_HOSTS.includes(region.trim().toLowerCase())) return;
  throw new InvalidSecret(
    `The value of secret ${secretArn} does not name a Genesys Cloud host in its key region. This deployment may rotate every secret (allSecrets), so each must say that it is a Genesys Cloud credential. Nothing was sent. If it is one, write its region, one of ${GENESYS_HOSTS.join(', ')}, and redrive the execution.`,
  );
}

/**
 * The secret's value with a new token pair; every other key is unchanged.
 *
 * @param alternateRefreshToken the refresh token of the grant not in use, or null for a lost one: the key stays, so that
 *        the loss is visible. By default, the key is not changed.
 */
export function withTokens(
  credential: Pick<Credential, 'keys'>,
  tokens: TokenPair,
  alternateRefreshToken?: string | null,
): string {
  const { expiresAt: _replaced, ...kept } = credential.keys;
  return JSON.stringify({
    ...kept,
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    ...(alternateRefreshToken !== undefined && { alternateRefreshToken }),
    expiresAt: tokens.expiresAt?.toISOString(),
  });
}

/** Whether a rotation has dropped the lost alternate grant of the credential. */
export function hasLostAlternate({ keys }: Pick<Credential, 'keys'>): boolean {
  return keys.alternateRefreshToken === null;
}

/** Maximum bytes of a secret's value (AWS Secrets Manager User Guide, "Quotas"). */
export const MAX_VALUE_BYTES = 65_536;

/** Room for a token pair that is much longer than those of Genesys Cloud today. */
export const TOKEN_ROOM_BYTES = 8_192;

/**
 * Checks that the value has room for new tokens, before a refresh token is spent: a value that is too large could not be
 * stored.
 *
 * @throws InvalidSecret it does not have enough room
 */
export function assertRoomForTokens(secretArn: string, credential: Pick<Credential, 'keys'>): void {
  const withoutTokens = withTokens(credential, { accessToken: '', refreshToken: '', expiresAt: new Date(0) });
  const leftBytes = MAX_VALUE_BYTES - Buffer.byteLength(withoutTokens);
  if (leftBytes >= TOKEN_ROOM_BYTES) return;
  throw new InvalidSecret(
    `The value of secret ${secretArn} leaves ${Math.max(0, leftBytes)} bytes for tokens; the rotation needs ${TOKEN_ROOM_BYTES} of ${MAX_VALUE_BYTES}. Nothing was spent. Remove or shorten other keys, then redrive the execution.`,
  );
}

/**
 * JSON.parse source text access (ECMA-262), which TypeScript's library does not declare yet. Node.js 20, which the CLI
 * also supports, does not have it.
 */
const exactJson = JSON as unknown as {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context?: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON?(source: string): object;
  isRawJSON?(value: unknown): boolean;
};

/**
 * The JSON object in a secret's value; undefined when it is anything else. Numbers keep their digits, so that other keys
 * are written back unchanged, even numbers that a double cannot represent.
 */
export function parseObject(text: string): Record<string, unknown> | undefined {
  let parsed: unknown;
  try {
    parsed = exactJson.parse(text, (_key, value, context) =>
      typeof value === 'number' && context?.source !== undefined
        ? (exactJson.rawJSON?.(context.source) ?? value)
        : value,
    );
  } catch {
    return undefined;
  }
  return typeof parsed === 'object' &&
    parsed !== null &&
    !Array.isArray(parsed) &&
    !exactJson.isRawJSON?.(parsed)
    ? (parsed as Record<string, unknown>)
    : undefined;
}

/** Whether {@link parseObject} keeps the digits of every number in a value. Without source text access, it may not. */
export function keepsNumbers(text: string): boolean {
  if (exactJson.rawJSON !== undefined) return true;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g) ?? [];
  return tokens.every(token => token.startsWith('"') || String(Number(token)) === token);
}
