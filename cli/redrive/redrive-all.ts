import { mapBounded } from '../shared/bounded.ts';
import { CliError } from '../shared/cli-error.ts';
import { listCredentials } from '../shared/credentials.ts';
import { interrupted, type WaitContext } from '../shared/waiting.ts';
import { type AllResult, isGood, resultText, summaryOf } from './all-result.ts';
import { type CauseDependencies, checkCause } from './cause.ts';
import { consents } from './consent.ts';
import { findExecution } from './failed-execution.ts';
import { type FailedRotation, failedRotations } from './failed-executions.ts';
import { ProgressBar } from './progress-bar.ts';
import { causeDependencies, failedAt, type RedriveOptions, requireFailure } from './redrive-one.ts';
import { type Candidate, redriveQuietly } from './redrive-quietly.ts';

/**
 * Redrives the failed execution of every credential whose rotation has not succeeded since, some at a time.
 *
 * @throws CliError some failed, go on or were left out, or it was interrupted
 */
export async function redriveAll({ force, timeoutMs }: RedriveOptions, context: WaitContext): Promise<void> {
  const { aws, terminal, signal } = context;
  const deployment = await context.deployment();
  const credentials = await listCredentials(aws, deployment);
  const failed = await failedRotations(credentials, deployment.stateMachineArn, aws.stepFunctions);
  // Shared, so that a login host is asked once for all.
  const causes = causeDependencies(context);
  const candidates = await mapBounded(failed, rotation => candidateOf(rotation, causes, context));
  if (signal.aborted) throw interrupted('Nothing was redriven.');

  const unchanged = candidates.filter(({ cause }) => cause?.looks === 'unchanged');
  for (const { secretName, cause } of unchanged) terminal.note(`${secretName}: ${cause?.why}`);
  const takesAll =
    force ||
    unchanged.length === 0 ||
    (await consents(
      `The cause of ${unchanged.length} of ${candidates.length} does not look gone. Redrive those, too?`,
      context,
    ));

  const bar =
    terminal.isInteractive && candidates.length > 0
      ? new ProgressBar(candidates.length, terminal)
      : undefined;
  const results = await mapBounded(candidates, async candidate => {
    const result = await resultOf(candidate, takesAll, timeoutMs, context);
    if (bar === undefined) terminal.note(resultText(result));
    else bar.advance(!isGood(result));
    return result;
  });
  bar?.end();
  tell(results, bar !== undefined, context);
}

async function candidateOf(
  { secret, execution: { executionArn }, isRunning }: FailedRotation,
  causes: CauseDependencies,
  context: WaitContext,
): Promise<Candidate> {
  const { historyPace, signal, aws } = context;
  const found = { secretName: secret.name, executionArn };
  if (isRunning || signal.aborted) return { ...found, isRunning };
  await historyPace.turn(signal);
  const execution = await findExecution(executionArn, aws.stepFunctions);
  if (execution.status !== 'failed') return { ...found, isRunning: true };
  const failure = await requireFailure(execution, context);
  const cause = await checkCause({ ...failure, ...failedAt(execution) }, causes);
  return { ...found, isRunning, execution, cause };
}

async function resultOf(
  candidate: Candidate,
  takesAll: boolean,
  timeoutMs: number,
  context: WaitContext,
): Promise<AllResult> {
  const { secretName: secret, executionArn: execution, cause } = candidate;
  if (context.signal.aborted) return { secret, execution, outcome: 'notBegun' };
  if (candidate.isRunning) return { secret, execution, outcome: 'running' };
  if (cause?.looks === 'unchanged' && !takesAll) {
    return { secret, execution, outcome: 'leftOut', message: cause.why };
  }
  return redriveQuietly(candidate, timeoutMs, context);
}

function tell(results: readonly AllResult[], hadBar: boolean, { terminal, signal }: WaitContext): void {
  const { counts, ending, text } = summaryOf(results);
  if (hadBar) for (const result of results) if (!isGood(result)) terminal.note(resultText(result));
  terminal.result({ ...counts, executions: results });
  if (signal.aborted) {
    throw interrupted(`${text} What was redriven goes on, and needs nobody who waits.`);
  }
  if (ending !== 'done') throw new CliError(ending, text);
  terminal.line(text);
}
