import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AccessKey } from '../../sandbox/aws/identities.ts';
import { signatureOf } from '../../sandbox/aws/signature.ts';
import { REGION } from './aws-endpoint.ts';

/** A request that no SDK would send. */
export interface RawRequest {
  readonly url: string;
  readonly method?: string;
  /** Percent-encoded, with the query string. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The response. */
export interface RawResponse {
  readonly statusCode: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request unchanged. */
export async function send(raw: RawRequest): Promise<RawResponse> {
  const request = httpRequest(new URL(raw.path ?? '/', raw.url), {
    method: raw.method ?? 'POST',
    headers: { ...raw.headers },
    agent: false,
  });
  request.end(raw.body ?? '');
  const [response] = await once(request, 'response');
  return { statusCode: response.statusCode, headers: response.headers, body: await text(response) };
}

/** Sends a request signed for `service` with Signature Version 4. */
export function sendSigned(raw: RawRequest, service: string, accessKey: AccessKey): Promise<RawResponse> {
  const [path = '/', query = ''] = (raw.path ?? '/').split('?');
  const headers: Record<string, string> = {
    ...raw.headers,
    host: new URL(raw.url).host,
    'x-amz-date': '20260102T030405Z',
    ...(accessKey.sessionToken === undefined ? {} : { 'x-amz-security-token': accessKey.sessionToken }),
  };
  const authorization = {
    accessKeyId: accessKey.accessKeyId,
    date: '20260102',
    region: REGION,
    service,
    signedHeaders: Object.keys(headers).sort((a, b) => (a < b ? -1 : 1)),
    signature: '',
  };
  const signature = signatureOf(
    {
      method: raw.method ?? 'POST',
      path,
      query,
      headers,
      headerValues: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      body: Buffer.from(raw.body ?? ''),
    },
    authorization,
    accessKey.secretAccessKey,
  );
  const scope = `${accessKey.accessKeyId}/20260102/${REGION}/${service}/aws4_request`;
  return send({
    ...raw,
    headers: {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${authorization.signedHeaders.join(';')}, Signature=${signature}`,
    },
  });
}
