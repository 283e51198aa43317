import { belongsToRotation, versionWithStage } from '../../functions/shared/secrets/secret-versions.ts';
import { mapBounded } from '../shared/bounded.ts';
import { CliError } from '../shared/cli-error.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { ExecutionStep } from '../shared/execution-steps.ts';
import { failureOf } from '../shared/executions.ts';
import { follow } from '../shared/follow.ts';
import { readRotationResult, resultJson } from '../shared/rotation-result.ts';
import { listSecrets } from '../shared/secrets.ts';
import type { Terminal } from '../shared/terminal.ts';
import { interrupted, type WaitContext } from '../shared/waiting.ts';
import { type LastRotation, lastRotations } from '../verdict/last-rotations.ts';
import { type Cause, type CauseDependencies, checkCause } from './check-cause.ts';
import { confirmRedrive } from './confirmation.ts';
import { type FoundExecution, findExecution } from './failed-execution.ts';
import { redriveExecution } from './redrive-execution.ts';
import { causeDependencies, type RedriveOptions } from './redrive-one.ts';
import { hasSucceeded, type RedriveResult, resultText, summaryOf } from './redrive-result.ts';

/**
 * Redrives the failed execution of every credential whose rotation has not succeeded since, several at a time.
 *
 * @throws CliError some failed, are still running or were skipped, or the command was interrupted
 */
export async function redriveAll({ force, timeoutMs }: RedriveOptions, context: WaitContext): Promise<void> {
  const { aws, terminal, command, signal } = context;
  const deployment = await context.deployment();
  const secrets = await listSecrets(aws, deployment);
  const rotations = await lastRotations(secrets, deployment.stateMachineArn, aws.stepFunctions);
  const failed = rotations.filter(rotation => rotation.failed !== undefined);
  // Shared, so that each Genesys Cloud host is called only once.
  const causes = causeDependencies(deployment, context);
  const found = await mapBounded(failed, rotation => inspect(rotation, causes, context));
  if (signal.aborted) throw interrupted('Nothing was redriven.');

  const notFixed = found.filter(isCandidate).filter(({ cause }) => cause.looks === 'unchanged');
  for (const { secretName, cause } of notFixed) terminal.note(`${secretName}: ${cause.why}`);
  const includesNotFixed =
    force ||
    notFixed.length === 0 ||
    (await confirmRedrive(
      `The cause of ${notFixed.length} of ${found.length} failures does not seem fixed. Redrive them anyway?`,
      context,
    ));

  const bar =
    terminal.isInteractive && found.length > 0 ? new ProgressBar(found.length, terminal) : undefined;
  const results = await mapBounded(found, async each => {
    const result = isCandidate(each)
      ? await resultOf(each, includesNotFixed, timeoutMs, deployment, context)
      : each;
    if (bar === undefined) terminal.note(resultText(result, command));
    else bar.advance(!hasSucceeded(result));
    return result;
  });
  bar?.end();
  report(results, bar !== undefined, context);
}

/** @returns the result, if there is nothing to redrive */
async function inspect(
  { secret: { name: secret, stages }, failed, running }: LastRotation,
  causes: CauseDependencies,
  context: WaitContext,
): Promise<Candidate | RedriveResult> {
  const { historyRateLimiter, signal, aws } = context;
  const { executionArn = '' } = failed ?? {};
  const about = { secret, execution: executionArn };
  if (running !== undefined) return { ...about, outcome: 'running' };
  await historyRateLimiter.waitForTurn(signal);
  if (signal.aborted) return { ...about, outcome: 'notBegun' };
  try {
    const execution = await findExecution(executionArn, context);
    if (execution.status === 'succeeded') return { ...about, outcome: 'succeeded' };
    if (execution.status === 'running') return { ...about, outcome: 'running' };
    const currentId = versionWithStage({ stages }, 'AWSCURRENT') ?? '';
    if (belongsToRotation(currentId, execution.versionId)) return { ...about, outcome: 'succeeded' };
    const failure = await failureOf(aws.stepFunctions, executionArn);
    // Somebody has just redriven it: DescribeExecution lags behind the history.
    if (failure === undefined) return { ...about, outcome: 'running' };
    const cause = await checkCause(failure, execution, causes);
    return { secretName: secret, execution, cause };
  } catch (error) {
    // One unreadable execution must not stop the others. Any other error would affect them all.
    if (!(error instanceof CliError)) throw error;
    return { ...about, outcome: 'error', message: error.message };
  }
}

function isCandidate(found: Candidate | RedriveResult): found is Candidate {
  return 'cause' in found;
}

async function resultOf(
  candidate: Candidate,
  includesNotFixed: boolean,
  timeoutMs: number,
  deployment: Deployment,
  context: WaitContext,
): Promise<RedriveResult> {
  const { secretName: secret, execution, cause } = candidate;
  const about = { secret, execution: execution.executionArn };
  if (context.signal.aborted) return { ...about, outcome: 'notBegun' };
  if (cause.looks === 'unchanged' && !includesNotFixed)
    return { ...about, outcome: 'leftOut', message: cause.why };
  return redriveQuietly(candidate, timeoutMs, deployment, context);
}

function report(
  results: readonly RedriveResult[],
  hadBar: boolean,
  { terminal, command, signal }: WaitContext,
): void {
  const { counts, exitReason, text } = summaryOf(results);
  if (hadBar)
    for (const result of results) if (!hasSucceeded(result)) terminal.note(resultText(result, command));
  const executions = results.map(result =>
    result.outcome === 'failed'
      ? { secret: result.secret, execution: result.execution, ...resultJson(result, result.secret, command) }
      : result,
  );
  terminal.result({ ...counts, executions });
  if (signal.aborted) {
    throw interrupted(`${text} Redriven executions keep running in AWS.`);
  }
  if (exitReason !== 'done') throw new CliError(exitReason, text);
  terminal.line(text);
}

const WIDTH = 30;

/**
 * A progress bar on a terminal. Replaces that of the prompt library, which puts the terminal into raw mode and exits
 * with code 0 on Ctrl-C.
 */
class ProgressBar {
  readonly #terminal: Terminal;
  readonly #total: number;
  #done = 0;
  #failed = 0;

  constructor(total: number, terminal: Terminal) {
    this.#total = total;
    this.#terminal = terminal;
    this.#draw();
  }

  /** Counts one more rotation. */
  advance(hasFailed: boolean): void {
    this.#done++;
    if (hasFailed) this.#failed++;
    this.#draw();
  }

  /** Removes the bar. */
  end(): void {
    this.#terminal.err.write(`\r${CLEAR_LINE}`);
  }

  #draw(): void {
    const filled = Math.round((WIDTH * this.#done) / this.#total);
    const bar = `${'━'.repeat(filled)}${'─'.repeat(WIDTH - filled)}`;
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} not rotated`;
    this.#terminal.err.write(
      `\r${CLEAR_LINE}${this.#terminal.style('cyan', bar, this.#terminal.err)} ${this.#done} of ${this.#total}${failed}`,
    );
  }
}

/** ECMA-48, "Erase in line": from the cursor to the end. */
const CLEAR_LINE = '\u001b[K';

/** One of many executions to redrive. */
interface Candidate {
  readonly secretName: string;
  readonly execution: FoundExecution;
  readonly cause: Cause;
}

/** Redrives an execution and waits until it ends. Returns an error as the result, so it does not stop the others. */
async function redriveQuietly(
  { secretName: secret, execution }: Candidate,
  timeoutMs: number,
  deployment: Deployment,
  context: WaitContext,
): Promise<RedriveResult> {
  const { executionArn } = execution;
  const about = { secret, execution: executionArn };
  try {
    const redriveCount = await redriveExecution(execution, context);
    const untilMs = context.time.nowMs() + timeoutMs;
    let last: ExecutionStep | undefined;
    for await (const step of follow({ executionArn, redriveCount, untilMs }, context)) {
      last = step;
    }
    return { ...about, ...(await readRotationResult(execution, last, deployment, context)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...about, outcome: error instanceof CliError ? 'notRedrivable' : 'error', message };
  }
}
