import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';

/** The state machine, and the beginning of its executions' ARNs. */
export const STATE_MACHINE_ARN = 'arn:aws:states:eu-central-1:111122223333:stateMachine:rotation';
export const EXECUTION_ARN_PREFIX = 'arn:aws:states:eu-central-1:111122223333:execution:rotation:';

/** The response of DescribeExecution; for a closed execution with its redrive status. */
export function executionDescription(
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE',
  changes: Partial<DescribeExecutionCommandOutput> = {},
): DescribeExecutionCommandOutput {
  const failed = status === 'FAILED' || status === 'TIMED_OUT' || status === 'ABORTED';
  return {
    executionArn: `${EXECUTION_ARN_PREFIX}first`,
    stateMachineArn: STATE_MACHINE_ARN,
    name: 'first',
    status,
    startDate: new Date('2026-07-01T08:00:00Z'),
    redriveCount: 0,
    redriveStatus: failed ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    $metadata: {},
    ...changes,
  };
}
