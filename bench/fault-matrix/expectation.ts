import type { FaultKind } from '../../sandbox/faults/fault-rule.ts';
import { nameOf, type PlannedFault } from './rotation-calls.ts';
import type { Ending, Trial } from './rotation-trial.ts';

/** One cell of the matrix: a fault, and what became of the rotation. */
export interface Cell {
  readonly fault: PlannedFault;
  /** Followed up by Secrets Manager's retry. */
  readonly retried: Trial;
  /** The same again, followed up by a redrive; absent when there is no failed execution to redrive. */
  readonly redriven?: Trial;
}

/**
 * What the first attempt came to. `rotated`: nothing was noticed. `confirmed later`: AWSCURRENT is rotated, but Secrets
 * Manager takes the attempt for a failed one. `not started`: no execution began. All others: the execution failed, and
 * the newest refresh token is still that of AWSCURRENT (`unspent`), sealed in the execution's state (`sealed`), stored
 * as the pending version (`stored`), or known to nobody (`lost`).
 */
export type FirstOutcome =
  | 'rotated'
  | 'confirmed later'
  | 'not started'
  | 'unspent'
  | 'sealed'
  | 'stored'
  | 'lost';

/** With these Genesys Cloud has spent the refresh token, and its answer has reached nobody: nothing can save it. */
const LOSSES: ReadonlyMap<string, ReadonlySet<FaultKind>> = new Map([
  [
    'genesys:token',
    new Set<FaultKind>(['answer-lost', 'hang-after', 'wrong-body', 'empty-body', 'huge-body']),
  ],
  ['lambda:refresh', new Set<FaultKind>(['crash-after', 'timeout-after', 'out-of-memory', 'answer-lost'])],
]);

/** What an operator has to read when a refresh token is dead because the answer to its first use was lost. */
const PROBABLY_SPENT = 'the token was probably spent';

/** What the first attempt came to. */
export function firstOutcome({ first }: Trial): FirstOutcome {
  if (first.current === 'rotated') return first.verdict === 'succeeded' ? 'rotated' : 'confirmed later';
  if (first.execution === 'NONE') return 'not started';
  return first.newestToken === 'current' ? 'unspent' : first.newestToken;
}

/** What is not as it has to be, one line each; none when all is well. */
export function broken(cell: Cell): string[] {
  const { fault, retried, redriven } = cell;
  const trials = [retried, redriven].filter(trial => trial !== undefined);
  const outcome = firstOutcome(retried);
  const mayBeLost = LOSSES.get(fault.site.target)?.has(fault.kind) ?? false;
  const found: (string | false | undefined)[] = trials.flatMap(trial => [
    trial.leaks > 0 && `${trial.leaks} texts have a secret in them`,
    trial.refreshes !== 1 && `Genesys Cloud saw ${trial.refreshes} refreshes`,
    [trial.first, trial.last].some(ending => ending?.current === 'broken') && 'AWSCURRENT is broken',
    firstOutcome(trial) !== outcome && 'the two first attempts differ',
  ]);
  found.push(outcome === 'lost' && !mayBeLost && 'a refresh token is lost that could have been saved');
  if (outcome !== 'rotated') {
    const check = outcome === 'lost' ? notReportedAsLost : notRotated;
    found.push(check('retry', retried.last), redriven && check('redrive', redriven.last));
    found.push(
      retried.last?.verdict !== (outcome === 'lost' ? 'failed' : 'succeeded') &&
        `after the retry Secrets Manager says ${retried.last?.verdict}`,
    );
  }
  return found
    .filter(line => typeof line === 'string')
    .map(line => `${nameOf(fault.site)}, ${fault.kind}, ${fault.duration}: ${line}`);
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
  if (!isReported) return `after the ${followUp} the loss is not told, but ${last?.state}: ${last?.error}`;
  return last.current === 'first' ? undefined : `after the ${followUp} AWSCURRENT is not what it was`;
}
