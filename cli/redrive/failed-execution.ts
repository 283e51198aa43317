import { DescribeExecutionCommand, ExecutionDoesNotExist, type ExecutionStatus } from '@aws-sdk/client-sfn';
import { rotationOf } from '../../functions/shared/executions/execution-data.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import { CliError } from '../shared/cli-error.ts';
import type { Context } from '../shared/context.ts';
import { isFailed } from '../shared/executions.ts';

/** An execution and its rotation. */
export interface FoundExecution {
  readonly executionArn: string;
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly redriveCount: number;
  /** When it closed; the current time if it is running. */
  readonly closedAt: Date;
  readonly secretArn: string;
  readonly versionId: string;
  /** Why Step Functions would refuse to redrive it. */
  readonly notRedrivable: string | undefined;
}

/**
 * Reads an execution.
 *
 * @throws CliError it does not exist, or its input is not a rotation's
 */
export async function findExecution(
  executionArn: string,
  { aws: { stepFunctions }, command }: Pick<Context, 'aws' | 'command'>,
): Promise<FoundExecution> {
  try {
    const found = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    return {
      executionArn,
      status: statusOf(found.status),
      redriveCount: found.redriveCount ?? 0,
      closedAt: found.stopDate ?? new Date(),
      ...requireRotation(found.input, executionArn, command),
      notRedrivable: found.redriveStatusReason,
    };
  } catch (error) {
    if (!(error instanceof ExecutionDoesNotExist)) throw error;
    throw new CliError(
      'failed',
      `There is no execution ${executionArn}. Step Functions keeps closed executions for 90 days. Name the secret instead.`,
    );
  }
}

function statusOf(status: ExecutionStatus | undefined): FoundExecution['status'] {
  if (status === 'SUCCEEDED') return 'succeeded';
  return isFailed(status) ? 'failed' : 'running';
}

function requireRotation(
  input: string | undefined,
  executionArn: string,
  command: CommandLine,
): Pick<FoundExecution, 'secretArn' | 'versionId'> {
  const rotation = rotationOf(executionArn, input);
  if (rotation !== undefined) return { secretArn: rotation.secretArn, versionId: rotation.versionId };
  throw new CliError(
    'failed',
    `The input of execution ${executionArn} is not that of a rotation, so there is nothing to redrive. Start a rotation with: ${command`rotate <secret>`}`,
  );
}
