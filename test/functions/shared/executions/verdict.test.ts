import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as errors from '../../../../functions/shared/errors.ts';
import {
  type ConsumersHave,
  type FailedRotation,
  type Situation,
  stepLines,
  type Verdict,
  verdictOf,
} from '../../../../functions/shared/executions/verdict.ts';
import { commandLine } from '../../../../functions/shared/output/command-line.ts';
import { parseDefinition } from '../../../../statemachine/definition.ts';
import { definitionText } from '../../../../statemachine/definition-text.ts';

/** Errors that never end an execution: the workflow catches them in every state, or the rotation function throws them. */
const NON_ENDING_ERRORS = [
  'AccessTokenExpired',
  'CurrentVersionMoved',
  'NewerLogin',
  'PendingVersionMissing',
  'RotationFailed',
  'RotationStillRunning',
];

const { RotationError: _base, ...classes } = errors;
const ENDING_ERRORS = Object.keys(classes).filter(name => !NON_ENDING_ERRORS.includes(name));
const TASKS = Object.entries(parseDefinition(definitionText()).States).flatMap(([name, { Type }]) =>
  Type === 'Task' ? [name] : [],
);
const RUNBOOK = readFileSync(new URL('../../../../docs/runbook.md', import.meta.url), 'utf8');

/** The entries of the runbook by their anchors, as GitHub makes them. */
const ENTRIES = new Map(
  RUNBOOK.split(/^## /m)
    .slice(1)
    .map(entry => [
      entry
        .slice(0, entry.indexOf('\n'))
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
      entry,
    ]),
);

function failed(changes: Partial<FailedRotation> = {}): FailedRotation {
  return {
    status: 'FAILED',
    state: 'Refresh',
    error: 'GenesysUnavailable',
    isConfigurationTest: false,
    isRedrivable: true,
    current: 'unchanged',
    blocksRotations: true,
    ...changes,
  };
}

function verdict(changes: Partial<Situation> = {}): Verdict {
  return verdictOf({ consumersHave: 'unverified', rotation: undefined, isOverdue: false, ...changes });
}

function commandsOf({ steps }: Verdict): (string | undefined)[] {
  return steps.map(({ command }) => command);
}

describe('the verdict on a credential whose rotation failed', () => {
  // What consumers have and which commands to run, by state and error.
  it.each<[string, string | undefined, RegExp, (string | undefined)[]]>([
    ['Fetch', 'InvalidSecret', /keep their access token/, [undefined, 'redrive']],
    ['Fetch', 'ThrottlingException', /keep their access token/, [undefined, 'redrive']],
    ['Fetch', 'SecretNotFound', /keep their access token/, [undefined, 'redrive']],
    ['Fetch', 'InvalidRotationRequest', /keep their access token/, ['rotate']],
    ['Refresh', 'GenesysUnavailable', /keep their access token/, [undefined, 'redrive']],
    ['Refresh', 'GenesysRateLimited', /keep their access token/, [undefined, 'redrive']],
    ['Refresh', 'ClientRejected', /keep their access token/, [undefined, 'redrive']],
    ['Refresh', 'AccessDeniedException', /keep their access token/, [undefined, 'redrive']],
    ['Refresh', 'ExchangeInProgress', /keep their access token/, [undefined, 'redrive']],
    ['Refresh', 'SharedLogin', /keep their access token/, ['authorize', 'redrive']],
    [
      'Refresh',
      'RefreshTokenRejected',
      /until it expires, unless it was also revoked/,
      ['authorize', 'redrive'],
    ],
    ['Refresh', 'TokenResponseLost', /may hold an access token that no longer works/, ['redrive']],
    ['Refresh', 'ExchangeUnsettled', /may hold an access token that no longer works/, [undefined, 'redrive']],
    ['Refresh', 'Lambda.Unknown', /may hold an access token that no longer works/, [undefined, 'redrive']],
    ['Refresh', undefined, /may hold an access token that no longer works/, ['redrive']],
    [
      'StorePending',
      'KMSInvalidStateException',
      /may hold an access token that no longer works/,
      [undefined, 'redrive'],
    ],
    [
      'StorePending',
      'InvalidSecret',
      /may hold an access token that no longer works/,
      [undefined, 'redrive'],
    ],
    ['Verify', 'GenesysUnavailable', /may hold an access token that no longer works/, [undefined, 'redrive']],
    [
      'Verify',
      'AccessTokenRejected',
      /may hold an access token that no longer works/,
      [undefined, 'redrive'],
    ],
    [
      'Verify',
      'AccessTokenForbidden',
      /may hold an access token that no longer works/,
      [undefined, 'redrive'],
    ],
    ['Verify', 'WrongUser', /may hold an access token that no longer works/, ['authorize', 'redrive']],
    [
      'RefreshAgain',
      'GenesysUnavailable',
      /may hold an access token that no longer works/,
      [undefined, 'redrive'],
    ],
    [
      'Promote',
      'PendingVersionTaken',
      /may hold an access token that no longer works/,
      [undefined, 'redrive'],
    ],
    [
      'Promote',
      'AccessDeniedException',
      /may hold an access token that no longer works/,
      [undefined, 'redrive'],
    ],
    ['StandDown', 'ThrottlingException', /keep their access token/, [undefined, 'redrive']],
  ])('in %s with %s has the impact, if the token is unverified: %s', (state, error, impact, commands) => {
    const status = error === undefined ? 'ABORTED' : 'FAILED';
    const rotation = failed({ status, state, error });
    const needsLogin = error === 'RefreshTokenRejected' || error === 'SharedLogin';
    const [works, broken, unverified] = (['works', 'invalid', 'unverified'] as const).map(consumersHave =>
      verdict({ consumersHave, rotation }),
    );

    expect(works).toMatchObject({
      health: needsLogin ? 'needs-authorisation' : 'stuck',
      impact: 'Consumers hold a working access token.',
    });
    expect(broken).toMatchObject({
      health: needsLogin ? 'needs-authorisation' : 'expired',
      impact: 'Consumers hold an access token that no longer works.',
    });
    expect(unverified?.impact).toMatch(impact);
    for (const each of [works, broken, unverified]) {
      expect(each?.cause).toContain(`in ${state}${error === undefined ? '' : `: ${error}`}.`);
      expect(each && commandsOf(each)).toEqual(commands);
    }
  });

  it.each(['Refresh', 'StorePending', 'Verify', 'Promote'])(
    'in %s does not affect the access token in use when the alternate grant is exchanged',
    state => {
      const { impact } = verdict({
        rotation: failed({ state, error: 'Lambda.Unknown' }),
        leavesTokenInUse: true,
      });

      expect(impact).toMatch(/keep their access token/);
    },
  );

  it.each(['Fetch', 'Refresh', 'RefreshAgain', 'StorePending', 'Verify', 'Promote'])(
    'in %s is healthy when AWSCURRENT had moved to its version',
    state => {
      const { health, cause, steps } = verdict({
        consumersHave: 'works',
        rotation: failed({ state, current: 'promoted' }),
      });

      expect(health).toBe('healthy');
      expect(cause).toMatch(/the rotation is complete/);
      expect(steps).toEqual([]);
    },
  );

  it('is expired when the version that it promoted holds a token that no longer works', () => {
    const rotation = failed({ state: 'Promote', current: 'promoted' });

    const found = verdict({ consumersHave: 'invalid', rotation });

    expect(found.health).toBe('expired');
    expect(commandsOf(found)).toEqual(['rotate']);
  });

  it.each<[ConsumersHave, string, RegExp]>([
    [
      'works',
      'stuck',
      /^Consumers of the published access token may hold one that no longer works.*which works\.$/,
    ],
    ['unverified', 'stuck', /^Consumers of the published access token may hold one that no longer works/],
    ['invalid', 'expired', /^Consumers hold an access token that no longer works\.$/],
  ])('with an access token that was not published: %s', (consumersHave, health, impact) => {
    for (const state of ['Publish', 'PublishNewerLogin']) {
      for (const current of ['promoted', 'written', 'unchanged'] as const) {
        for (const error of ['AccessTokenNotPublished', 'Lambda.Unknown']) {
          const found = verdict({ consumersHave, rotation: failed({ state, error, current }) });

          expect(found.health).toBe(health);
          expect(found.impact).toMatch(impact);
          expect(found.cause).toContain('AWSCURRENT is correct; only its access token was not published.');
          expect(commandsOf(found).at(-1)).toBe('redrive');
        }
      }
    }
  });

  it.each<[ConsumersHave, Partial<FailedRotation>, string, (string | undefined)[]]>([
    ['works', { blocksRotations: false }, 'healthy', []],
    ['none', { blocksRotations: false }, 'healthy', []],
    ['works', {}, 'stuck', ['redrive']],
    ['unverified', { blocksRotations: false }, 'stuck', ['redrive']],
    ['invalid', { blocksRotations: false }, 'expired', ['redrive']],
    ['invalid', { error: 'RefreshTokenRejected' }, 'expired', ['redrive']],
    ['incomplete', {}, 'needs-authorisation', ['authorize', 'redrive']],
  ])('with AWSCURRENT written since: %s, %j', (consumersHave, changes, health, commands) => {
    const found = verdict({ consumersHave, rotation: failed({ current: 'written', ...changes }) });

    expect(found.health).toBe(health);
    expect(commandsOf(found)).toEqual(commands);
  });

  it('starts the next attempt when a redrive is no longer possible', () => {
    const found = verdict({ rotation: failed({ isRedrivable: false, error: 'RefreshTokenRejected' }) });

    expect(commandsOf(found)).toEqual(['authorize', 'rotate']);
  });

  it('tests the configuration again when the test failed', () => {
    const rotation = failed({
      state: 'CheckConfiguration',
      error: 'ClientRejected',
      isConfigurationTest: true,
    });

    const found = verdict({ rotation });

    expect(commandsOf(found)).toEqual([undefined, 'diagnose']);
    expect(found.cause).toMatch(/changes nothing/);
  });
});

describe('the verdict on a credential', () => {
  it.each<[Partial<Situation>, string, (string | undefined)[]]>([
    [{ consumersHave: 'works' }, 'healthy', []],
    [{ consumersHave: 'unverified' }, 'healthy', []],
    [{ consumersHave: 'none' }, 'healthy', []],
    [{ consumersHave: 'invalid' }, 'expired', ['rotate']],
    [{ consumersHave: 'incomplete' }, 'needs-authorisation', ['authorize']],
    [{ consumersHave: 'undecryptable' }, 'stuck', ['diagnose']],
    [{ consumersHave: 'works', isOverdue: true }, 'stuck', ['diagnose', 'rotate']],
    [{ consumersHave: 'invalid', rotation: 'running' }, 'rotating', ['follow']],
    [{ consumersHave: 'works', rotation: 'running' }, 'rotating', ['follow']],
  ])('%j is %s', (changes, health, commands) => {
    const found = verdict(changes);

    expect(found.health).toBe(health);
    expect(commandsOf(found)).toEqual(commands);
    expect(found.runbookEntry).toBeUndefined();
    expect(found.cause === undefined).toBe(health === 'healthy');
  });
});

describe('the runbook', () => {
  it.each(ENDING_ERRORS)('has an entry for %s that gives the same commands in the same order', error => {
    const found = verdict({ rotation: failed({ error }) });

    expect(found.runbookEntry).toBe(error.toLowerCase());
    const entry = ENTRIES.get(error.toLowerCase()) ?? '';
    expect(entry).toMatch(/\*\*Meaning\.\*\*.*\*\*Impact\.\*\*.*\*\*Do\.\*\*/s);
    const commands = [...entry.matchAll(/(?:cli --|genesys-token-rotation) (\w+) <secret>/g)].map(
      ([, command]) => command,
    );
    expect(commands).toEqual(commandsOf(found).filter(command => command !== undefined));
  });

  it.each([
    ['an error of AWS', failed({ error: 'KMSInvalidStateException' }), 'aws-errors'],
    ['an unknown error', failed({ error: 'Oops' }), 'aws-errors'],
    ['no error', failed({ error: undefined }), 'aws-errors'],
    [
      'a stopped execution',
      failed({ status: 'ABORTED', error: undefined }),
      'an-execution-that-was-stopped-or-timed-out',
    ],
    [
      'an execution that timed out',
      failed({ status: 'TIMED_OUT', error: undefined }),
      'an-execution-that-was-stopped-or-timed-out',
    ],
  ])('has an entry for %s', (_what, rotation, entry) => {
    expect(verdict({ rotation }).runbookEntry).toBe(entry);
    expect([...ENTRIES.keys()]).toContain(entry);
  });
});

describe('the cause', () => {
  it.each([
    ['Fetch', 'ThrottlingException', /Nothing was spent/],
    ['Refresh', 'GenesysUnavailable', /spent nothing/],
    ['Refresh', 'TokenResponseLost', /may be spent/],
    ['RefreshAgain', 'Sandbox.Timedout', /may be spent/],
    ['Refresh', undefined, /may be spent/],
    ['Refresh', 'RefreshTokenRejected', /login no longer works/],
    ['StorePending', 'KMSInvalidStateException', /safe in the refresh journal/],
    ['Verify', 'AccessTokenForbidden', /safe in the refresh journal/],
    ['Promote', 'PendingVersionTaken', /stored, verified/],
    ['StandDown', 'ThrottlingException', /newer login/],
    ['Fetch', 'SecretNotFound', /does not exist/],
  ])('describes the tokens after %s with %s: %s', (state, error, words) => {
    const status = error === undefined ? 'ABORTED' : 'FAILED';

    expect(verdict({ rotation: failed({ status, state, error }) }).cause).toMatch(words);
  });

  it.each(TASKS)('distinguishes %s from an unknown state', state => {
    const causeIn = (name: string | undefined) => verdict({ rotation: failed({ state: name }) }).cause;

    expect(causeIn(state)).not.toBe(causeIn(undefined));
  });

  it('does not call AWSCURRENT unchanged when it may have moved', () => {
    const rotation = failed({ state: 'Promote', error: 'States.Timeout' });

    expect(verdict({ rotation }).cause).not.toMatch(/unchanged/);
  });
});

describe('stepLines', () => {
  it('gives complete commands with the deployment, region and profile', () => {
    const command = commandLine({ stack: 'crm', region: 'eu-central-1', profile: 'ops' });
    const { steps } = verdict({ rotation: failed({ error: 'RefreshTokenRejected' }) });

    expect(stepLines(steps, 'crm/genesys', command)).toEqual([
      `Next: Log in again: ${command`authorize crm/genesys`}`,
      `Then: Redrive the failed rotation: ${command`redrive crm/genesys`}`,
    ]);
    expect(command`redrive crm/genesys`).toMatch(
      /redrive crm\/genesys --stack crm --region eu-central-1 --profile ops$/,
    );
  });
});
