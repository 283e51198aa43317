import { type MatrixFault, nameOf, type PlannedFault } from './rotation-calls.ts';
import type { AttemptResult, Trial, TwoGrantsTrial } from './rotation-trial.ts';
import { SCENARIOS } from './scenarios.ts';

/** One cell of the matrix: a fault and the outcome of the rotation. */
export interface Cell {
  readonly fault: PlannedFault;
  /** Followed by Secrets Manager's retry. */
  readonly retried: Trial;
  /** The same fault, followed by a redrive; absent when there is no failed execution to redrive. */
  readonly redriven?: Trial;
  /**
   * The same fault with two grants, followed by the retry and, if an execution has failed, by a redrive; only present
   * if the refresh token of a single grant is lost.
   */
  readonly withTwoGrants?: readonly TwoGrantsTrial[];
}

/**
 * The outcome of the first attempt. `rotated`: the fault had no visible effect. `confirmed later`: AWSCURRENT
 * is rotated, but Secrets Manager counts the attempt as failed. `not started`: no execution started. All others: the
 * execution failed. Either nothing was spent (`unspent`), or the new refresh token is in the pending version
 * (`stored`), in the journal (`recorded`), only in the execution's state (`sealed`), or nowhere (`lost`).
 */
export type FirstOutcome =
  | 'rotated'
  | 'confirmed later'
  | 'not started'
  | 'unspent'
  | 'stored'
  | 'recorded'
  | 'sealed'
  | 'lost';

/** Faults after which Genesys Cloud has spent the refresh token, but the response never reached the function. */
const RESPONSE_LOST: ReadonlySet<MatrixFault> = new Set([
  'response-lost',
  'hang-after',
  'wrong-body',
  'empty-body',
  'huge-body',
  'killed-after',
]);

/** Faults after which the function had the response, but Step Functions did not get the function's result. */
const RESULT_LOST: ReadonlySet<MatrixFault> = new Set([
  'crash-after',
  'timeout-after',
  'out-of-memory',
  'response-lost',
]);

/** Part of the error message when the response to the first use of a refresh token was lost. */
const PROBABLY_SPENT = 'probably spent it';

/** The outcome of the first attempt. */
export function firstOutcome({ first }: Trial): FirstOutcome {
  if (first.current === 'rotated') return first.verdict === 'succeeded' ? 'rotated' : 'confirmed later';
  if (first.execution === 'NONE') return 'not started';
  if (first.refreshes === 0 || first.newestToken === 'current') return 'unspent';
  return first.newestToken;
}

/** The deviations of a cell from what is expected, one line each. */
export function problemsOf(cell: Cell): string[] {
  const { fault, retried, redriven } = cell;
  const trials = [retried, redriven].filter(trial => trial !== undefined);
  const outcome = firstOutcome(retried);
  const found: (string | false | undefined)[] = trials.flatMap(trial => [
    trial.leaks > 0 && `${trial.leaks} texts contain a secret`,
    ...countProblems(trial),
    [trial.first, trial.last].some(result => result?.current === 'broken') && 'AWSCURRENT is broken',
    outcome !== 'lost' &&
      [trial.first, trial.last].some(result => result?.isReachable === false) &&
      'no rotation can get from AWSCURRENT to the newest refresh token',
    firstOutcome(trial) !== outcome && 'the first attempts of the two trials differ',
  ]);
  found.push(outcome === 'lost' && !mayBeLost(fault) && 'a refresh token that could have been saved is lost');
  if (outcome !== 'rotated') {
    const check = outcome === 'lost' ? notReportedAsLost : notRotated;
    found.push(check('retry', retried.last), redriven && check('redrive', redriven.last));
    found.push(
      retried.last?.verdict !== (outcome === 'lost' ? 'failed' : 'succeeded') &&
        `after the retry Secrets Manager's verdict is ${retried.last?.verdict}`,
    );
  }
  found.push(...(cell.withTwoGrants ?? []).flatMap(twoGrantsProblems));
  const { title } = SCENARIOS[fault.scenario];
  return found
    .filter(line => typeof line === 'string')
    .map(line => `${title}${nameOf(fault.site)}, ${fault.kind}, ${fault.duration}: ${line}`);
}

/**
 * Losing a token is acceptable only if the response did not arrive, or if the function was lost before it could write
 * either copy: it was killed before the write to the journal, or the journal refused the write.
 */
function mayBeLost({ scenario, site, kind }: PlannedFault): boolean {
  if (site.target === 'genesys:token') return RESPONSE_LOST.has(kind);
  if (site.target === 'dynamodb:TransactWriteItems' && site.functionName === 'refresh')
    return kind === 'killed-before';
  return scenario === 'unrecorded' && site.target === 'lambda:refresh' && RESULT_LOST.has(kind);
}

function countProblems({ first, last }: Trial): (string | false)[] {
  const { refreshes, executions } = last ?? first;
  return [
    refreshes !== 1 && `Genesys Cloud made ${refreshes} refreshes`,
    executions !== 1 && `${executions} executions were started`,
  ];
}

function twoGrantsProblems({ first, last = first, leaks }: TwoGrantsTrial): (string | false)[] {
  const hasSucceeded = last.execution === 'SUCCEEDED' && last.verdict !== 'failed';
  return [
    leaks > 0 && `with two grants, ${leaks} texts contain a secret`,
    !(first.works && last.works) && 'with two grants, AWSCURRENT does not work',
    !hasSucceeded && `with two grants, the execution is ${last.execution} with ${last.error}`,
    !last.isAlternateDropped && 'with two grants, the lost one is not dropped',
  ];
}

function notRotated(followUp: string, last: AttemptResult | undefined): string | undefined {
  if (last?.current === 'rotated' && last.newestToken === 'current') return undefined;
  return `not rotated after the ${followUp}, but ${last?.execution} in ${last?.state} with ${last?.error}`;
}

function notReportedAsLost(followUp: string, last: AttemptResult | undefined): string | undefined {
  const isReported =
    last?.execution === 'FAILED' &&
    last.state === 'Refresh' &&
    last.error === 'RefreshTokenRejected' &&
    last.message?.includes(PROBABLY_SPENT) === true;
  if (!isReported)
    return `after the ${followUp} the loss is not reported, but ${last?.state}: ${last?.error}`;
  return last.current === 'kept' ? undefined : `after the ${followUp} AWSCURRENT has changed`;
}
