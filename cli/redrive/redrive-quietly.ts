import { CliError } from '../shared/cli-error.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { ExecutionStep } from '../shared/execution-steps.ts';
import { follow } from '../shared/follow.ts';
import { rotationEnd } from '../shared/rotation-end.ts';
import type { WaitContext } from '../shared/waiting.ts';
import type { AllResult } from './all-result.ts';
import type { Cause } from './cause.ts';
import type { FoundExecution } from './failed-execution.ts';
import { redriveExecution } from './redrive-execution.ts';

/** One of many executions to redrive. */
export interface Candidate {
  readonly secretName: string;
  readonly execution: FoundExecution;
  readonly cause: Cause;
}

/** Redrives an execution and waits for its end. An error is its result and does not stop the others. */
export async function redriveQuietly(
  { secretName: secret, execution }: Candidate,
  timeoutMs: number,
  deployment: Deployment,
  context: WaitContext,
): Promise<AllResult> {
  const { executionArn } = execution;
  const about = { secret, execution: executionArn };
  try {
    const redriveCount = await redriveExecution(execution, context);
    const untilMs = context.time.nowMs() + timeoutMs;
    let last: ExecutionStep | undefined;
    for await (const step of follow({ executionArn, redriveCount, untilMs }, context)) {
      last = step;
    }
    return { ...about, ...(await rotationEnd(execution, last, deployment, context)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...about, outcome: error instanceof CliError ? 'notRedrivable' : 'error', message };
  }
}
