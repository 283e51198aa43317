import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import { AwsEndpoint } from '../../../sandbox/aws/endpoint.ts';
import { Identities } from '../../../sandbox/aws/identities.ts';
import { type AwsService, noPermissions, operation } from '../../../sandbox/aws/service.ts';
import { Clock } from '../../../sandbox/clock.ts';
import { Faults, type FaultsOptions } from '../../../sandbox/faults/faults.ts';
import { OpenRequests } from '../../../sandbox/open-requests.ts';
import { allowEverything } from '../../helpers/allow-everything.ts';

export const ACCOUNT_ID = '123456789012';
const FUNCTIONS = ['rotation', 'fetch', 'refresh', 'store-pending', 'verify', 'promote'].map(name => ({
  name: `tokens-${name}`,
  timeoutSeconds: 7,
}));

/** Faults for the functions `tokens-<short name>` and the given services, on a virtual clock. */
export function faultWorld(options: Partial<FaultsOptions> = {}) {
  const clock = new Clock({ isVirtual: true });
  const openRequests = new OpenRequests();
  const faults = new Faults({
    clock,
    openRequests,
    functions: FUNCTIONS,
    services: () => [countingService('secretsmanager', ['DescribeSecret', 'GetSecretValue']).service],
    refuseGenesys: () => () => Promise.resolve(),
    ...options,
  });
  return { clock, openRequests, faults };
}

/** A service whose operations accept any input, count their calls in `effects`, and return `{}`. */
function countingService(id: string, operations: readonly string[]) {
  const counter = { effects: 0 };
  const service: AwsService = {
    id,
    operations: Object.fromEntries(
      operations.map(name => [
        name,
        operation(
          v.unknown(),
          () => {
            counter.effects += 1;
            return {};
          },
          noPermissions,
        ),
      ]),
    ),
  };
  return { service, counter };
}

/** One counting service behind an endpoint, with faults around it. */
export async function faultyAws(id: string, operations: readonly string[]) {
  const { service, counter } = countingService(id, operations);
  const { clock, openRequests, faults } = faultWorld({ services: () => [service] });
  const identities = new Identities({ accountId: ACCOUNT_ID, partition: 'aws' });
  const endpoint = new AwsEndpoint({
    services: [service],
    identities,
    authorizer: allowEverything,
    openRequests,
    interceptors: [faults.awsInterceptor],
    onDefect: error => {
      throw error;
    },
  });
  await endpoint.listen();
  onTestFinished(() => endpoint.close());
  const client = (functionName?: string) => ({
    endpoint: endpoint.url,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials:
      functionName === undefined
        ? identities.issueUser('operator')
        : identities.issueRole({
            roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/its-role`,
            sessionName: functionName,
            functionArn: `arn:aws:lambda:us-east-1:${ACCOUNT_ID}:function:${functionName}`,
          }),
  });
  return { clock, openRequests, faults, counter, client };
}
