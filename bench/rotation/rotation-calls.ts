import type { FunctionName } from '../../infra/function-list.ts';
import { OPERATIONS, type Operation } from '../operations.ts';

/** The calls of one kind that a function makes in a rotation without faults. */
export interface RotationCall {
  readonly by: FunctionName;
  readonly operation: Operation;
  readonly times: number;
  readonly why: string;
}

/** The AWS calls of a rotation without faults and the reason for each, without the polls of {@link POLL}. */
export const ROTATION_CALLS: readonly RotationCall[] = [
  {
    by: 'rotation',
    operation: 'DescribeSecret',
    times: 3,
    why: 'At `createSecret`, `testSecret` and `finishSecret`: a version that is AWSCURRENT is not rotated again, and one that is not AWSCURRENT is not confirmed. `setSecret` needs none.',
  },
  {
    by: 'rotation',
    operation: 'GenerateDataKey',
    times: 1,
    why: "Seals the RotationToken. Otherwise anyone who can read the execution's input could use it.",
  },
  {
    by: 'rotation',
    operation: 'StartExecution',
    times: 1,
    why: 'Starts the workflow. A retry uses the same name and attaches to it.',
  },
  {
    by: 'fetch',
    operation: 'DescribeSecret',
    times: 1,
    why: 'The staging labels determine the route.',
  },
  {
    by: 'fetch',
    operation: 'GetSecretValue',
    times: 1,
    why: 'Detects a value that is not a credential, or has no room for new tokens, before anything is spent.',
  },
  {
    by: 'refresh',
    operation: 'GetSecretValue',
    times: 1,
    why: 'The refresh token of AWSCURRENT. Secrets are not passed in the state, and a redrive must read a corrected value.',
  },
  {
    by: 'refresh',
    operation: 'GetItem',
    times: 2,
    why: 'The token: whether it was exchanged before, or is being exchanged by another attempt. The lineage: whether the journal has a newer pair.',
  },
  {
    by: 'refresh',
    operation: 'GenerateDataKey',
    times: 1,
    why: 'The key that seals the new tokens, before the old one is spent.',
  },
  {
    by: 'refresh',
    operation: 'PutItem',
    times: 1,
    why: 'Marks the token as being exchanged. Of two simultaneous attempts, one is refused.',
  },
  {
    by: 'refresh',
    operation: 'TransactWriteItems',
    times: 1,
    why: 'Records the new pair in the journal: every later rotation finds this copy, even if this execution is lost.',
  },
  {
    by: 'store-pending',
    operation: 'GetSecretValue',
    times: 1,
    why: 'The current value of AWSCURRENT, to merge the new tokens into. An edit since the refresh is kept.',
  },
  {
    by: 'store-pending',
    operation: 'Decrypt',
    times: 2,
    why: 'Opens the new tokens and the RotationToken.',
  },
  {
    by: 'store-pending',
    operation: 'GetItem',
    times: 2,
    why: 'The token: records the pair if `refresh` could not. The lineage: a pair that is no longer the newest is not stored.',
  },
  { by: 'store-pending', operation: 'PutSecretValue', times: 1, why: 'Stores the new tokens.' },
  {
    by: 'store-pending',
    operation: 'UpdateItem',
    times: 1,
    why: 'Records the version that has the new tokens. `promote` moves AWSCURRENT to no other version.',
  },
  {
    by: 'verify',
    operation: 'GetSecretValue',
    times: 1,
    why: 'Verifies what is stored, not what was in memory.',
  },
  {
    by: 'promote',
    operation: 'DescribeSecret',
    times: 1,
    why: 'Moves AWSCURRENT only to a version with AWSPENDING, and only from the version that `store-pending` read.',
  },
  {
    by: 'promote',
    operation: 'UpdateItem',
    times: 1,
    why: 'Claims the new token, so that no other execution exchanges it before AWSCURRENT has moved.',
  },
  { by: 'promote', operation: 'UpdateSecretVersionStage', times: 1, why: 'Moves AWSCURRENT.' },
  {
    by: 'notify',
    operation: 'GetItem',
    times: 2,
    why: 'After the rotation: whether an earlier failure was reported, and is now over.',
  },
];

/** The calls whose number depends on the duration of the rotation. */
export const POLL = {
  by: 'rotation',
  operation: 'DescribeSecret',
  why: 'Polls the labels until AWSCURRENT has moved.',
} as const satisfies Omit<RotationCall, 'times'>;

/** The state transitions of a rotation without faults: five Tasks, Route, and Rotated. */
export const ROTATION_TRANSITIONS = 7;

/** The name of a call in the sandbox: function, service and operation. */
export function nameOfCall({ by, operation }: Pick<RotationCall, 'by' | 'operation'>): string {
  return `${by} ${OPERATIONS[operation].service}:${operation}`;
}
