import type { Attempt, StateRun } from '../../step-functions/state-runs.ts';
import type { ExecutionView, TokenMark, VerdictView } from '../views.ts';

/** The colour and the icon of a status. */
export type Tone = 'none' | 'running' | 'waiting' | 'succeeded' | 'caught' | 'failed' | 'stopped';

/** How to show a status: never by colour alone. */
export interface Appearance {
  readonly tone: Tone;
  readonly word: string;
}

/** Everything on the page that has a status. */
export type Status =
  | StateRun['status']
  | Attempt['status']
  | ExecutionView['status']
  | TokenMark['state']
  | 'notEntered';

/** How to show each status. */
export const APPEARANCES: Readonly<Record<Status, Appearance>> = {
  notEntered: { tone: 'none', word: 'not entered' },
  running: { tone: 'running', word: 'running' },
  waiting: { tone: 'waiting', word: 'waiting to retry' },
  succeeded: { tone: 'succeeded', word: 'succeeded' },
  caught: { tone: 'caught', word: 'error caught' },
  failed: { tone: 'failed', word: 'failed' },
  timedOut: { tone: 'failed', word: 'timed out' },
  aborted: { tone: 'stopped', word: 'stopped' },
  abandoned: { tone: 'stopped', word: 'abandoned' },
  RUNNING: { tone: 'running', word: 'running' },
  SUCCEEDED: { tone: 'succeeded', word: 'succeeded' },
  FAILED: { tone: 'failed', word: 'failed' },
  TIMED_OUT: { tone: 'failed', word: 'timed out' },
  ABORTED: { tone: 'stopped', word: 'stopped' },
  live: { tone: 'succeeded', word: 'live' },
  expired: { tone: 'stopped', word: 'expired' },
  spent: { tone: 'stopped', word: 'spent' },
  revoked: { tone: 'failed', word: 'revoked' },
  unknown: { tone: 'none', word: 'unknown' },
};

/** How to show the health of a credential. */
export const HEALTH: Readonly<Record<VerdictView['health'], Appearance>> = {
  healthy: { tone: 'succeeded', word: 'healthy' },
  rotating: { tone: 'running', word: 'rotating' },
  stuck: { tone: 'caught', word: 'stuck' },
  expired: { tone: 'failed', word: 'expired' },
  'needs-authorisation': { tone: 'failed', word: 'needs authorisation' },
};
