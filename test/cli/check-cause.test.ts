import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkCause } from '../../cli/redrive/cause.ts';
import { commandLine } from '../../cli/shared/command-line.ts';
import { secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { BASE_VERSION, SECRET_ARN } from '../helpers/secret.ts';

const FAILED_AT = new Date('2026-07-01T08:00:00Z');
const BEFORE = new Date('2026-07-01T07:00:00Z');
const AFTER = new Date('2026-07-01T09:00:00Z');
const MINUTE_MS = 60_000;

const secrets = mockAws(SecretsManagerClient);
let asked: string[] = [];

beforeEach(() => {
  secrets.reset();
  asked = [];
  secrets.on(GetSecretValueCommand).resolves({
    VersionId: BASE_VERSION,
    SecretString: JSON.stringify({
      clientId: 'client',
      clientSecret: 'some-secret',
      refreshToken: 'some-token',
      region: 'eu-central-1',
    }),
  });
});

/** The version that AWSCURRENT is on is listed on the second page. */
function currentWrittenAt(at: Date | undefined): void {
  secrets
    .on(ListSecretVersionIdsCommand)
    .resolves({ Versions: [{ VersionStages: ['AWSPENDING'] }], NextToken: 'more' });
  secrets
    .on(ListSecretVersionIdsCommand, { NextToken: 'more' })
    .resolves({ Versions: at === undefined ? [] : [{ VersionStages: ['AWSCURRENT'], CreatedDate: at }] });
}

function cause(error: string, options: { serves?: boolean; now?: Date } = {}) {
  const { serves = true, now = AFTER } = options;
  return checkCause(
    error,
    { secretArn: SECRET_ARN, closedAt: FAILED_AT },
    {
      secrets: new SecretsManagerClient(),
      loginUrlOf: host => `https://login.${host}`,
      serves: async url => {
        asked.push(url);
        return serves;
      },
      nowMs: () => now.getTime(),
      command: commandLine({}),
    },
  );
}

describe('checkCause', () => {
  describe.each(['RefreshTokenRejected', 'ClientRejected', 'InvalidSecret'])('of %s', error => {
    it('looks gone once a newer version is AWSCURRENT', async () => {
      currentWrittenAt(AFTER);

      expect(await cause(error)).toEqual({
        looks: 'gone',
        why: 'AWSCURRENT was written at 2026-07-01T09:00:00.000Z, after the failure.',
      });
    });

    it('looks unchanged while it is the version from before the failure', async () => {
      currentWrittenAt(BEFORE);

      expect(await cause(error)).toMatchObject({
        looks: 'unchanged',
        why: expect.stringContaining('still the version of 2026-07-01T07:00:00.000Z'),
      });
    });

    it('is not known when no version is AWSCURRENT', async () => {
      currentWrittenAt(undefined);

      expect(await cause(error)).toMatchObject({ looks: 'unknown' });
    });
  });

  it.each([
    ['RefreshTokenRejected', `npm run cli -- authorize ${SECRET_ARN}`],
    ['InvalidRotationRequest', `npm run cli -- rotate ${SECRET_ARN}`],
  ])('of %s names the command that helps', async (error, command) => {
    currentWrittenAt(BEFORE);

    expect((await cause(error)).why).toContain(command);
  });

  it('tells after a rejected refresh token that other executions may hold newer tokens', async () => {
    currentWrittenAt(BEFORE);

    expect((await cause('RefreshTokenRejected')).why).toContain('redrive those first');
  });

  describe.each(['GenesysRateLimited', 'GenesysUnavailable', 'GenesysAnswerLost'])('of %s', error => {
    it.each([
      [true, 'gone', 'answers, seen from here'],
      [false, 'unchanged', 'does not answer'],
    ] as const)('goes by whether the login host of the credential serves: %s', async (serves, looks, why) => {
      expect(await cause(error, { serves })).toMatchObject({ looks, why: expect.stringContaining(why) });
      expect(asked).toEqual(['https://login.mypurecloud.de']);
    });

    it('is not known where the credential may not be read, and nothing of the refusal is shown', async () => {
      secrets.on(GetSecretValueCommand).rejects(secretsManagerException('AccessDeniedException'));

      const { looks, why } = await cause(error);

      expect(looks).toBe('unknown');
      expect(why).not.toContain('AccessDenied');
      expect(asked).toEqual([]);
    });
  });

  it.each([
    [MINUTE_MS - 1, 'unchanged'],
    [MINUTE_MS, 'gone'],
  ])('of a rejected access token looks after %d ms %s', async (ageMs, looks) => {
    const now = new Date(FAILED_AT.getTime() + ageMs);

    expect(await cause('AccessTokenRejected', { now })).toMatchObject({ looks });
  });

  it.each([
    ['SecretNotFound', 'gone'],
    ['InvalidRotationRequest', 'unchanged'],
    ['KMSInvalidStateException', 'unknown'],
    ['AccessTokenForbidden', 'unknown'],
    ['Aborted', 'unknown'],
  ])('of %s looks %s', async (error, looks) => {
    expect(await cause(error)).toMatchObject({ looks });
    expect(secrets.calls()).toEqual([]);
  });
});
