import { onTestFinished } from 'vitest';
import { AwsEndpoint } from '../../sandbox/aws/endpoint.ts';
import { type AccessKey, Identities } from '../../sandbox/aws/identities.ts';
import type { AwsInterceptor, AwsService } from '../../sandbox/aws/service.ts';
import type { Authorizer } from '../../sandbox/iam/authorizer.ts';
import { allowEverything } from './allow-everything.ts';

export const ACCOUNT_ID = '111122223333';
export const REGION = 'eu-central-1';

/** An endpoint that listens until the test is over. */
export interface ServedAws {
  readonly endpoint: AwsEndpoint;
  readonly url: string;
  readonly identities: Identities;
  /** The key in `client`. */
  readonly accessKey: AccessKey;
  /** For the constructor of an SDK client that calls as the user `operator` and does not retry. */
  readonly client: { endpoint: string; region: string; credentials: AccessKey; maxAttempts: 1 };
  /** The unexpected errors, as `call: message`. */
  readonly defects: readonly string[];
}

/** Serves `services` on a free port; everything is permitted unless an authoriser denies it. */
export async function serveAws(
  services: readonly AwsService[],
  options: {
    interceptors?: readonly AwsInterceptor[];
    region?: string;
    authorizer?: Authorizer;
  } = {},
): Promise<ServedAws> {
  const identities = new Identities({ accountId: ACCOUNT_ID, partition: 'aws' });
  const accessKey = identities.issueUser('operator');
  const defects: string[] = [];
  const endpoint = new AwsEndpoint({
    authorizer: allowEverything,
    ...options,
    services,
    identities,
    onDefect: (error, call) => defects.push(`${call}: ${error instanceof Error ? error.message : error}`),
  });
  onTestFinished(() => endpoint.close());
  await endpoint.listen();
  const client = {
    endpoint: endpoint.url,
    region: REGION,
    credentials: accessKey,
    maxAttempts: 1,
  } as const;
  return { endpoint, url: endpoint.url, identities, accessKey, client, defects };
}
