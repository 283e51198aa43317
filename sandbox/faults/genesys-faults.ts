import { randomUUID } from 'node:crypto';
import { apiError } from '../genesys-cloud/api-error.ts';
import type { GenesysResponse } from '../genesys-cloud/exchange.ts';
import { GenesysConnectionDropped } from '../genesys-cloud/interceptor.ts';
import type { GenesysFaultKind } from './fault-rule.ts';
import { type FaultWaits, PROXY_PAGE } from './fault-waits.ts';

/** In seconds. */
const RETRY_AFTER = '30';

/** More than a client should read. */
const PADDING = ' '.repeat(1_048_576);

/** Injects a fault into a request to Genesys Cloud; `ms` is the length of a delay. */
export async function genesysFault(
  kind: Exclude<GenesysFaultKind, 'connection-refused'>,
  next: () => Promise<GenesysResponse>,
  waits: FaultWaits,
  ms: number,
): Promise<GenesysResponse> {
  switch (kind) {
    case 'throttled':
      return refusal('too.many.requests', { maximum: '300', seconds: '60' }, { 'Retry-After': RETRY_AFTER });
    case 'server-error':
      return refusal('service.unavailable', {}, {});
    case 'response-lost':
      await next();
      throw new GenesysConnectionDropped();
    case 'delay':
      await waits.delay(ms);
      return await next();
    case 'hang':
      await waits.untilClientGone();
      throw new GenesysConnectionDropped();
    case 'hang-after':
      await next();
      await waits.untilClientGone();
      throw new GenesysConnectionDropped();
    case 'wrong-body':
      await next();
      return { status: 200, headers: { 'Content-Type': 'text/html' }, body: PROXY_PAGE };
    case 'empty-body':
      await next();
      return { status: 200, headers: { 'Content-Type': 'application/json; charset=utf-8' }, body: '' };
    case 'redirect':
      return { status: 302, headers: { Location: '/maintenance' }, body: '' };
    case 'huge-body': {
      const response = await next();
      return { ...response, body: `${PADDING}${response.body}` };
    }
  }
}

function refusal(
  code: 'too.many.requests' | 'service.unavailable',
  parameters: Record<string, string>,
  headers: Record<string, string>,
): GenesysResponse {
  const correlationId = randomUUID();
  return apiError({ correlationId }, code, parameters, { 'ININ-Correlation-Id': correlationId, ...headers });
}
