import type { LatencyName } from './latencies.ts';
import type { QuotaName } from './quotas/quotas.ts';

interface OperationRule {
  readonly service: 'states' | 'secretsmanager' | 'kms' | 'dynamodb';
  readonly latency: LatencyName;
  /** The quotas of a call. Secrets Manager uses a key of the account for each value that it reads or writes. */
  readonly quotas: readonly QuotaName[];
}

/** The AWS operations of a rotation without faults. */
export const OPERATIONS = {
  StartExecution: { service: 'states', latency: 'startExecution', quotas: ['StartExecution'] },
  DescribeSecret: { service: 'secretsmanager', latency: 'secretRead', quotas: ['reading secrets'] },
  GetSecretValue: {
    service: 'secretsmanager',
    latency: 'secretRead',
    quotas: ['reading secrets', 'using keys'],
  },
  PutSecretValue: {
    service: 'secretsmanager',
    latency: 'secretWrite',
    quotas: ['writing secrets', 'using keys'],
  },
  UpdateSecretVersionStage: {
    service: 'secretsmanager',
    latency: 'secretWrite',
    quotas: ['writing secrets'],
  },
  GenerateDataKey: { service: 'kms', latency: 'keyUse', quotas: ['using keys'] },
  Decrypt: { service: 'kms', latency: 'keyUse', quotas: ['using keys'] },
  // An on-demand table allows far more requests than rotations make within the other quotas.
  GetItem: { service: 'dynamodb', latency: 'tableRead', quotas: [] },
  PutItem: { service: 'dynamodb', latency: 'tableWrite', quotas: [] },
  UpdateItem: { service: 'dynamodb', latency: 'tableWrite', quotas: [] },
  TransactWriteItems: { service: 'dynamodb', latency: 'tableTransaction', quotas: [] },
} as const satisfies Record<string, OperationRule>;

/** The name of an operation. */
export type Operation = keyof typeof OPERATIONS;
