import { createHash, createHmac } from 'node:crypto';
import type { WireRequest } from './wire-protocol.ts';

/** The parts of an `Authorization` header. */
export interface Authorization {
  readonly accessKeyId: string;
  /** The day of the credential scope, `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** Header names in lower case, in the order given. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/** Parses an `Authorization` header; undefined when it is not Signature Version 4. */
export function parseAuthorization(header: string): Authorization | undefined {
  const match = AUTHORIZATION.exec(header.trim());
  if (match === null) return undefined;
  const [, accessKeyId = '', date = '', region = '', service = '', names = '', signature = ''] = match;
  return { accessKeyId, date, region, service, signedHeaders: names.split(';'), signature };
}

/**
 * The expected signature of a request signed with `secretAccessKey`, in hexadecimal digits. Always hashes the
 * body and ignores `x-amz-content-sha256`. Encodes paths twice, as all services except S3 require.
 *
 * @see AWS Identity and Access Management User Guide, "Create a signed AWS API request"
 */
export function signatureOf(
  request: WireRequest,
  authorization: Authorization,
  secretAccessKey: string,
): string {
  const { date, region, service, signedHeaders } = authorization;
  const canonicalRequest = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    ...signedHeaders.map(name => `${name}:${canonicalValue(request.headerValues[name])}`),
    '',
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const instant = request.headers['x-amz-date']?.toString() ?? '';
  const stringToSign = ['AWS4-HMAC-SHA256', instant, scope, sha256(canonicalRequest)].join('\n');

  return hmac(signingKey(secretAccessKey, authorization), stringToSign).toString('hex');
}

/** Signing keys by their input: a key is valid for all requests of a day. */
const signingKeys = new Map<string, Buffer>();

function signingKey(secretAccessKey: string, { date, region, service }: Authorization): Buffer {
  const name = JSON.stringify([secretAccessKey, date, region, service]);
  let key = signingKeys.get(name);
  if (key !== undefined) return key;
  key = hmac(`AWS4${secretAccessKey}`, date);
  for (const part of [region, service, 'aws4_request']) key = hmac(key, part);
  signingKeys.set(name, key);
  return key;
}

function canonicalPath(path: string): string {
  return path.split('/').map(encode).join('/');
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function canonicalValue(values: readonly string[] | undefined): string {
  return (values ?? []).map(value => value.trim().replace(/\s+/g, ' ')).join(',');
}

/** RFC 3986 percent-encoding: encodeURIComponent leaves five reserved characters unencoded. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** By code unit: the order must not depend on the locale. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: string | Buffer, content: string): Buffer {
  return createHmac('sha256', key).update(content).digest();
}
