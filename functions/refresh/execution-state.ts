import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';

/** Whether an execution can still use the pair in its state: now, after a redrive, or never. */
export type ExecutionState = 'running' | 'redrivable' | 'over';

/** Reads the state of an execution, without its data. One that does not exist is over. */
export async function executionState(
  executionArn: string,
  stepFunctions: SFNClient = new SFNClient(AWS_CLIENT_LIMITS),
): Promise<ExecutionState> {
  try {
    const { status, redriveStatus } = await stepFunctions.send(
      new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' }),
    );
    if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return 'running';
    return redriveStatus === 'REDRIVABLE' ? 'redrivable' : 'over';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return 'over';
    throw error;
  }
}
