import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adviceFor, type KnownFailure } from '../../../functions/shared/advice.ts';
import * as errors from '../../../functions/shared/errors.ts';
import { parseDefinition } from '../../../statemachine/definition.ts';
import { definitionText } from '../../../statemachine/definition-text.ts';

/** Errors that never end an execution: the workflow catches them in every state, or the rotation function throws them. */
const ENDS_NO_EXECUTION = [
  'AccessTokenExpired',
  'CurrentVersionMoved',
  'NewerLogin',
  'PendingVersionMissing',
  'RotationFailed',
  'RotationStillRunning',
];

const { RotationError: _base, ...classes } = errors;
const OURS = Object.keys(classes).filter(name => !ENDS_NO_EXECUTION.includes(name));
const TASKS = Object.entries(parseDefinition(definitionText()).States).flatMap(([name, { Type }]) =>
  Type === 'Task' ? [name] : [],
);

/** The anchors of the runbook's headlines, as GitHub makes them. */
const ANCHORS = [
  ...readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8').matchAll(/^## (.+)$/gm),
].map(([, headline = '']) =>
  headline
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-'),
);

function failed(changes: Partial<KnownFailure>): KnownFailure {
  return { status: 'FAILED', state: 'Refresh', error: 'GenesysUnavailable', ...changes };
}

describe('advice', () => {
  it.each(OURS)('links %s to its entry in the runbook', error => {
    const { runbookEntry } = adviceFor(failed({ error }));

    expect(runbookEntry).toBe(error.toLowerCase());
    expect(ANCHORS).toContain(runbookEntry);
  });

  it.each([
    ['an error of AWS', failed({ error: 'KMSInvalidStateException' }), 'aws-errors'],
    ['an unknown error', failed({ error: 'Oops' }), 'aws-errors'],
    ['no error at all', failed({ error: undefined }), 'aws-errors'],
    [
      'a stopped execution',
      failed({ status: 'ABORTED', error: undefined }),
      'an-execution-that-was-stopped-or-timed-out',
    ],
    [
      'an execution that ran out of time',
      failed({ status: 'TIMED_OUT', error: undefined }),
      'an-execution-that-was-stopped-or-timed-out',
    ],
  ])('links %s to an entry that exists', (_what, failure, entry) => {
    expect(adviceFor(failure).runbookEntry).toBe(entry);
    expect(ANCHORS).toContain(entry);
  });

  it.each(TASKS)('describes the credential after %s', state => {
    const known = adviceFor(failed({ state, error: 'ThrottlingException' })).credential;
    const unknown = adviceFor(failed({ state: undefined, error: 'ThrottlingException' })).credential;

    expect(known).not.toBe(unknown);
  });

  it.each([
    ['Fetch', 'ThrottlingException', /nothing was spent/],
    ['Refresh', 'GenesysUnavailable', /spent nothing/],
    ['Refresh', 'AccessDeniedException', /spent nothing/],
    ['Refresh', 'ExchangeInProgress', /spent nothing/],
    ['Refresh', 'TokenResponseLost', /may be spent.*may hold a dead access token/],
    ['RefreshAgain', 'Sandbox.Timedout', /may be spent.*may hold a dead access token/],
    ['Refresh', undefined, /may be spent.*may hold a dead access token/],
    ['Refresh', 'RefreshTokenRejected', /login is dead/],
    ['StorePending', 'KMSInvalidStateException', /^Consumers may hold a dead access token now.*safe/],
    ['Verify', 'AccessTokenForbidden', /^Consumers may hold a dead access token now.*safe/],
    ['Promote', 'PendingVersionTaken', /^Consumers may hold a dead access token now.*stored and verified/],
    ['StandDown', 'ThrottlingException', /newer login/],
    ['Fetch', 'SecretNotFound', /gone/],
  ])('describes the credential after %s with %s: %s', (state, error, words) => {
    const status = error === undefined ? 'ABORTED' : 'FAILED';

    expect(adviceFor({ status, state, error }).credential).toMatch(words);
  });

  it('does not call AWSCURRENT unchanged where it may have moved', () => {
    expect(adviceFor(failed({ state: 'Promote', error: 'States.Timeout' })).credential).not.toMatch(
      /unchanged/,
    );
  });
});
