import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  type SecretVersionsListEntry,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { findUnfinishedVersion, listVersions } from '../../functions/fetch/unfinished-version.ts';
import { parseCredential } from '../../functions/shared/secret-value.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { BASE_VERSION, FOREIGN_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';

const OTHER_VERSION = '07be4000-0000-4000-8000-000000000003';
const EARLY = '2026-07-02T08:00:00.000Z';
const LATE = '2026-07-02T09:00:00.000Z';

/** A version as it is listed; made at this hour of a day. */
function version(VersionId: string, hour: number): SecretVersionsListEntry {
  return { VersionId, CreatedDate: new Date(Date.UTC(2026, 6, 1, hour)) };
}

describe('unfinished-version', () => {
  const secretsMock = mockAws(SecretsManagerClient);
  const secrets = new SecretsManagerClient();

  beforeEach(() => {
    secretsMock.reset();
    secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));
  });

  describe('listVersions', () => {
    it('lists the versions without a label, too', async () => {
      const versions = [version(BASE_VERSION, 1), version(VERSION, 2)];
      secretsMock.on(ListSecretVersionIdsCommand).resolves({ Versions: versions });

      expect(await listVersions(secrets, SECRET_ARN)).toEqual(versions);
      expect(secretsMock.calls().map(call => call.args[0].input)).toEqual([
        { SecretId: SECRET_ARN, IncludeDeprecated: true, MaxResults: 100 },
      ]);
    });

    it('reads all pages: Secrets Manager keeps some hundred versions, in no promised order', async () => {
      secretsMock
        .on(ListSecretVersionIdsCommand)
        .resolvesOnce({ Versions: [version(VERSION, 2)], NextToken: 'page-2' })
        .resolvesOnce({ Versions: [], NextToken: 'page-3' })
        .resolvesOnce({ Versions: [version(BASE_VERSION, 1)] });

      expect(await listVersions(secrets, SECRET_ARN)).toEqual([
        version(VERSION, 2),
        version(BASE_VERSION, 1),
      ]);
      expect(
        secretsMock.commandCalls(ListSecretVersionIdsCommand).map(call => call.args[0].input.NextToken),
      ).toEqual([undefined, 'page-2', 'page-3']);
    });

    it('takes an answer without versions for none', async () => {
      secretsMock.on(ListSecretVersionIdsCommand).resolves({});

      expect(await listVersions(secrets, SECRET_ARN)).toEqual([]);
    });
  });

  describe('findUnfinishedVersion', () => {
    function stored(VersionId: string, SecretString: string): void {
      secretsMock.on(GetSecretValueCommand, { VersionId }).resolves({ VersionId, SecretString });
    }

    /** What a rotation stored that traded the refresh token of AWSCURRENT. */
    function refreshedValue(changes: Readonly<Record<string, unknown>> = {}): string {
      return secretValue({ refreshToken: SENTINELS.newRefreshToken, ...changes });
    }

    async function found(
      versions: readonly SecretVersionsListEntry[],
      baseExpiresAt?: string,
    ): Promise<string | undefined> {
      const SecretString = secretValue({ expiresAt: baseExpiresAt });
      const base = { versionId: BASE_VERSION, credential: parseCredential(SECRET_ARN, { SecretString }) };
      const unfinished = await findUnfinishedVersion(secrets, SECRET_ARN, versions, base, VERSION);
      return unfinished?.versionId;
    }

    function reads(): unknown[] {
      return secretsMock.commandCalls(GetSecretValueCommand).map(call => call.args[0].input.VersionId);
    }

    it('finds nothing, and reads nothing, when AWSCURRENT is the youngest beside the own version', async () => {
      stored(FOREIGN_VERSION, refreshedValue());
      stored(VERSION, refreshedValue());

      expect(
        await found([version(FOREIGN_VERSION, 1), version(BASE_VERSION, 2), version(VERSION, 3)]),
      ).toBeUndefined();
      expect(reads()).toEqual([]);
    });

    it('finds the version that is younger than AWSCURRENT', async () => {
      stored(FOREIGN_VERSION, refreshedValue());

      expect(await found([version(BASE_VERSION, 1), version(FOREIGN_VERSION, 2)])).toBe(FOREIGN_VERSION);
    });

    it('finds the youngest of several, in whatever order they are listed', async () => {
      stored(FOREIGN_VERSION, refreshedValue());
      stored(OTHER_VERSION, refreshedValue());

      expect(
        await found([version(FOREIGN_VERSION, 2), version(BASE_VERSION, 1), version(OTHER_VERSION, 3)]),
      ).toBe(OTHER_VERSION);
    });

    it('reads many versions at a time: a failing rotation leaves some without a value at each attempt', async () => {
      const announced = Array.from({ length: 60 }, (_, index) => version(`announced-${index}`, 3));
      const waiting: (() => void)[] = [];
      secretsMock.on(GetSecretValueCommand).callsFake(async () => {
        await new Promise<void>(resolve => waiting.push(resolve));
        throw awsException(ResourceNotFoundException);
      });
      stored(FOREIGN_VERSION, refreshedValue());

      const finding = found([version(BASE_VERSION, 1), version(FOREIGN_VERSION, 2), ...announced]);
      let rounds = 0;
      for (; waiting.length > 0 && rounds < 60; rounds++) {
        for (const answer of waiting.splice(0)) answer();
        await new Promise(resolve => setImmediate(resolve));
      }

      expect(await finding).toBe(FOREIGN_VERSION);
      expect(rounds).toBe(2);
    });

    it('does not mind an error in an older version than the one that it finds', async () => {
      stored(OTHER_VERSION, refreshedValue());
      secretsMock
        .on(GetSecretValueCommand, { VersionId: FOREIGN_VERSION })
        .rejects(secretsManagerException('ThrottlingException'));

      expect(
        await found([version(BASE_VERSION, 1), version(FOREIGN_VERSION, 2), version(OTHER_VERSION, 3)]),
      ).toBe(OTHER_VERSION);
    });

    it.each([
      ['has no value', undefined],
      ['holds no JSON', 'not JSON'],
      ['holds an incomplete credential', secretValue({ refreshToken: undefined })],
    ])('goes on to an older one when the youngest %s', async (_what, value) => {
      stored(FOREIGN_VERSION, refreshedValue());
      if (value !== undefined) stored(OTHER_VERSION, value);

      expect(
        await found([version(BASE_VERSION, 1), version(FOREIGN_VERSION, 2), version(OTHER_VERSION, 3)]),
      ).toBe(FOREIGN_VERSION);
    });

    it.each([
      ['passes over a version whose access token dies before that of AWSCURRENT', EARLY, LATE, undefined],
      ['takes a version whose access token outlives that of AWSCURRENT', LATE, EARLY, FOREIGN_VERSION],
      ['takes a version whose access token dies with that of AWSCURRENT', EARLY, EARLY, FOREIGN_VERSION],
      ['takes a version without a known end', undefined, LATE, FOREIGN_VERSION],
      ['takes a version beside an AWSCURRENT without a known end', EARLY, undefined, FOREIGN_VERSION],
    ])('%s', async (_what, expiresAt, baseExpiresAt, expected) => {
      stored(FOREIGN_VERSION, refreshedValue({ expiresAt }));

      expect(await found([version(BASE_VERSION, 1), version(FOREIGN_VERSION, 2)], baseExpiresAt)).toBe(
        expected,
      );
    });

    it('passes over a copy of AWSCURRENT, as a test of the configuration leaves it: its refresh token is no newer', async () => {
      stored(FOREIGN_VERSION, refreshedValue());
      stored(OTHER_VERSION, secretValue({ expiresAt: LATE }));

      expect(await found([version(BASE_VERSION, 1), version(OTHER_VERSION, 2)], EARLY)).toBeUndefined();
      expect(
        await found([version(BASE_VERSION, 1), version(FOREIGN_VERSION, 2), version(OTHER_VERSION, 3)]),
      ).toBe(FOREIGN_VERSION);
    });

    it('passes over a version that is as old as AWSCURRENT, and one of unknown age', async () => {
      stored(FOREIGN_VERSION, refreshedValue());
      stored(OTHER_VERSION, refreshedValue());

      expect(
        await found([version(BASE_VERSION, 1), version(FOREIGN_VERSION, 1), { VersionId: OTHER_VERSION }]),
      ).toBeUndefined();
    });

    it('finds nothing while AWSCURRENT itself is not listed yet: nobody knows what is younger', async () => {
      stored(FOREIGN_VERSION, refreshedValue());

      expect(await found([version(FOREIGN_VERSION, 2)])).toBeUndefined();
      expect(reads()).toEqual([]);
    });

    it('passes an error of Secrets Manager on: the version may hold the only token that lives', async () => {
      secretsMock
        .on(GetSecretValueCommand, { VersionId: FOREIGN_VERSION })
        .rejects(secretsManagerException('ThrottlingException'));

      const error = await rejection(found([version(BASE_VERSION, 1), version(FOREIGN_VERSION, 2)]));

      expect(error.name).toBe('ThrottlingException');
    });
  });
});
