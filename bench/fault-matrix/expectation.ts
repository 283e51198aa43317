import { type MatrixFault, nameOf, type PlannedFault } from './rotation-calls.ts';
import type { Ending, Trial, TwoGrantsTrial } from './rotation-trial.ts';
import { SCENARIOS } from './scenarios.ts';

/** One cell of the matrix: a fault and the outcome of the rotation. */
export interface Cell {
  readonly fault: PlannedFault;
  /** Followed up by Secrets Manager's retry. */
  readonly retried: Trial;
  /** The same again, followed up by a redrive; absent when there is no failed execution to redrive. */
  readonly redriven?: Trial;
  /**
   * The same with two grants, followed up by the retry and, where there is a failed execution, by a redrive; only where
   * the refresh token of a single grant is lost.
   */
  readonly withTwoGrants?: readonly TwoGrantsTrial[];
}

/**
 * The outcome of the first attempt. `rotated`: the fault had no visible effect. `confirmed later`: AWSCURRENT
 * is rotated, but the attempt failed for Secrets Manager. `not started`: no execution started. All others: the execution
 * failed. Either nothing was spent (`unspent`), or the new refresh token is in the pending version (`stored`), in the
 * journal (`recorded`), only in the execution's state (`sealed`), or nowhere (`lost`).
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

/** Genesys Cloud has spent the refresh token, and the response never reached the function. */
const RESPONSE_LOST: ReadonlySet<MatrixFault> = new Set([
  'answer-lost',
  'hang-after',
  'wrong-body',
  'empty-body',
  'huge-body',
  'killed-after',
]);

/** The function got the response, and Step Functions did not get the function's result. */
const RESULT_LOST: ReadonlySet<MatrixFault> = new Set([
  'crash-after',
  'timeout-after',
  'out-of-memory',
  'answer-lost',
]);

/** The message of an operator's error when the response to the first use of a refresh token was lost. */
const PROBABLY_SPENT = 'probably spent it';

/** The outcome of the first attempt. */
export function firstOutcome({ first }: Trial): FirstOutcome {
  if (first.current === 'rotated') return first.verdict === 'succeeded' ? 'rotated' : 'confirmed later';
  if (first.execution === 'NONE') return 'not started';
  if (first.refreshes === 0 || first.newestToken === 'current') return 'unspent';
  return first.newestToken;
}

/** The problems, one line each. */
export function broken(cell: Cell): string[] {
  const { fault, retried, redriven } = cell;
  const trials = [retried, redriven].filter(trial => trial !== undefined);
  const outcome = firstOutcome(retried);
  const found: (string | false | undefined)[] = trials.flatMap(trial => [
    trial.leaks > 0 && `${trial.leaks} texts contain a secret`,
    ...countProblems(trial),
    [trial.first, trial.last].some(ending => ending?.current === 'broken') && 'AWSCURRENT is broken',
    outcome !== 'lost' &&
      [trial.first, trial.last].some(ending => ending?.isReachable === false) &&
      'no rotation gets from AWSCURRENT to the newest refresh token',
    firstOutcome(trial) !== outcome && 'the two first attempts differ',
  ]);
  found.push(outcome === 'lost' && !mayBeLost(fault) && 'a refresh token is lost that could have been saved');
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
 * A token without any copy is lost only if the response did not arrive, or if the function was lost before it could
 * write either copy: it was killed before the journal's write, or the journal refused that one.
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
    refreshes !== 1 && `Genesys Cloud saw ${refreshes} refreshes`,
    executions !== 1 && `${executions} executions were started`,
  ];
}

function twoGrantsProblems({ first, last = first, leaks }: TwoGrantsTrial): (string | false)[] {
  const hasEndedWell = last.execution === 'SUCCEEDED' && last.verdict !== 'failed';
  return [
    leaks > 0 && `with two grants, ${leaks} texts contain a secret`,
    !(first.works && last.works) && 'with two grants, AWSCURRENT does not work',
    !hasEndedWell && `with two grants, the execution is ${last.execution} with ${last.error}`,
    !last.isAlternateDropped && 'with two grants, the lost one is not dropped',
  ];
}

function notRotated(followUp: string, last: Ending | undefined): string | undefined {
  if (last?.current === 'rotated' && last.newestToken === 'current') return undefined;
  return `not rotated after the ${followUp}, but ${last?.execution} in ${last?.state} with ${last?.error}`;
}

function notReportedAsLost(followUp: string, last: Ending | undefined): string | undefined {
  const isReported =
    last?.execution === 'FAILED' &&
    last.state === 'Refresh' &&
    last.error === 'RefreshTokenRejected' &&
    last.message?.includes(PROBABLY_SPENT) === true;
  if (!isReported)
    return `after the ${followUp} the loss is not reported, but ${last?.state}: ${last?.error}`;
  return last.current === 'kept' ? undefined : `after the ${followUp} AWSCURRENT has changed`;
}
