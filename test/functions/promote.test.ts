import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeSecretCommand,
  InternalServiceError,
  InvalidParameterException,
  InvalidRequestException,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  CLAIM_MARGIN_MS,
  type PromoteRequest,
  type PromoteResult,
  parsePromotion,
  promote,
} from '../../functions/promote/promote.ts';
import {
  AccessTokenExpired,
  CurrentVersionMoved,
  InvalidRotationRequest,
  PendingVersionMissing,
  PendingVersionTaken,
  SecretNotFound,
} from '../../functions/shared/errors.ts';
import { requestFields } from '../../functions/shared/input/request.ts';
import { MAX_READ_LAG_MS } from '../../functions/shared/secrets/secret-versions.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { captureMetrics, metricsOf } from '../helpers/capture-metrics.ts';
import {
  ALTERNATE_FINGERPRINT,
  CURRENT_FINGERPRINT,
  NEW_FINGERPRINT,
  tokenKey,
} from '../helpers/journal-items.ts';
import { mockLabels, type Stages } from '../helpers/label-reads.ts';
import { ITEM_CHANGED, mockJournal } from '../helpers/mock-journal.ts';
import { captureLog, rejection } from '../helpers/no-secrets.ts';
import { BASE_VERSION, DERIVED_VERSION, FOREIGN_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { sum } from '../helpers/sum.ts';
import { EXECUTION, PROMOTE } from '../helpers/task-requests.ts';

/** The labels before and after a promotion. */
const PENDING: Stages = { [BASE_VERSION]: ['AWSCURRENT'], [DERIVED_VERSION]: ['AWSPENDING'] };
const PROMOTED: Stages = { [BASE_VERSION]: ['AWSPREVIOUS'], [DERIVED_VERSION]: ['AWSCURRENT'] };

/** The request that moves AWSCURRENT. */
const MOVE = {
  SecretId: SECRET_ARN,
  VersionStage: 'AWSCURRENT',
  MoveToVersionId: DERIVED_VERSION,
  RemoveFromVersionId: BASE_VERSION,
};

describe('promote', () => {
  const logged = captureLog();
  const metrics = captureMetrics();
  const secretsMock = mockAws(SecretsManagerClient);
  const table = mockJournal();
  let sleeps: number[] = [];

  beforeEach(() => {
    sleeps = [];
    secretsMock.reset();
    secretsMock.on(UpdateSecretVersionStageCommand).resolves({});
    labelled(PENDING);
  });

  /** The labels in successive reads. */
  function labelled(...reads: [Stages, ...Stages[]]): void {
    mockLabels(secretsMock, ...reads);
  }

  /** Refuses the move and changes the labels. */
  function refused(exception: Error, ...stages: [Stages, ...Stages[]]): void {
    secretsMock.on(UpdateSecretVersionStageCommand, { VersionStage: 'AWSCURRENT' }).callsFake(() => {
      labelled(...stages);
      throw exception;
    });
  }

  function promoted(changes: Partial<PromoteRequest> = {}): Promise<PromoteResult> {
    return promote(
      { ...PROMOTE, ...changes },
      {
        secrets: new SecretsManagerClient(),
        journal: table.journal(),
        remainingMs: () => 14_000,
        now: () => new Date('2026-07-01T08:00:00.250Z'),
        sleep: async ms => {
          sleeps.push(ms);
        },
        longestGapMs: 9 * 3_600_000,
      },
    );
  }

  function changesOf(label: string): object[] {
    return secretsMock
      .commandCalls(UpdateSecretVersionStageCommand, { VersionStage: label })
      .map(call => call.args[0].input);
  }

  function moves(): object[] {
    return changesOf('AWSCURRENT');
  }

  it('moves AWSCURRENT from the version that StorePending read to the verified one', async () => {
    const result = await promoted();

    expect(result).toEqual({ previousVersionId: BASE_VERSION, currentVersionId: DERIVED_VERSION });
    expect(moves()).toEqual([MOVE]);
    expect(sleeps).toEqual([]);
  });

  it("calls Secrets Manager twice for the rotation's own version", async () => {
    labelled({ [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING'] });

    await promoted({ pendingVersionId: VERSION });

    expect(moves()).toEqual([{ ...MOVE, MoveToVersionId: VERSION }]);
    expect(secretsMock.calls()).toHaveLength(2);
  });

  describe('an access token that has expired since it was verified', () => {
    const expiresAt = new Date('2026-07-01T08:00:00Z');

    it('is not promoted', async () => {
      const error = await rejection(promoted({ expiresAt }));

      expect(error).toBeInstanceOf(AccessTokenExpired);
      expect(moves()).toEqual([]);
    });

    it('does not matter when AWSCURRENT has already moved', async () => {
      labelled({ [DERIVED_VERSION]: ['AWSCURRENT', 'AWSPENDING'] });

      const result = await promoted({ expiresAt });

      expect(result.currentVersionId).toBe(DERIVED_VERSION);
    });
  });

  it('promotes an access token with an unknown expiry', async () => {
    await promoted({ expiresAt: null });

    expect(moves()).toEqual([MOVE]);
  });

  describe('AWSPENDING on a derived version', () => {
    const REMOVAL = {
      SecretId: SECRET_ARN,
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: DERIVED_VERSION,
    };

    it('is removed after AWSCURRENT has moved there', async () => {
      await promoted();

      const inputs = secretsMock
        .commandCalls(UpdateSecretVersionStageCommand)
        .map(call => call.args[0].input);
      expect(inputs).toEqual([MOVE, REMOVAL]);
    });

    it('is removed when an earlier attempt moved AWSCURRENT but could not remove it', async () => {
      labelled({ [BASE_VERSION]: ['AWSPREVIOUS'], [DERIVED_VERSION]: ['AWSCURRENT', 'AWSPENDING'] });

      await promoted();

      expect(moves()).toEqual([]);
      expect(changesOf('AWSPENDING')).toEqual([REMOVAL]);
    });

    it('fails the state when it cannot be removed, and writes no metrics', async () => {
      const exception = awsException(InternalServiceError);
      secretsMock.on(UpdateSecretVersionStageCommand, { VersionStage: 'AWSPENDING' }).rejects(exception);

      const error = await rejection(promoted());

      expect(error).toBe(exception);
      expect(moves()).toEqual([MOVE]);
      expect(metrics()).toEqual([]);
    });
  });

  it('logs the move', async () => {
    await promoted();

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'promoted',
          secretName: 'genesys/voicemail',
          secretArn: SECRET_ARN,
          versionId: VERSION,
          execution: EXECUTION,
          state: 'Promote',
          previousVersionId: BASE_VERSION,
          currentVersionId: DERIVED_VERSION,
        },
      },
    ]);
  });

  it('counts the rotation and measures the token gap', async () => {
    await promoted();

    expect(metrics().map(metricsOf)).toEqual([{ Rotations: 1, TokenGap: 2_250 }]);
    expect(metrics()).toMatchObject([
      { secretName: 'genesys/voicemail', versionId: VERSION, state: 'Promote' },
    ]);
  });

  describe('a pair of the alternate grant', () => {
    const pair = { ...PROMOTE.pair, current: { lineage: ALTERNATE_FINGERPRINT, generation: 0 } };

    it('is promoted without a token gap, because consumers hold the other grant', async () => {
      await promoted({ pair });

      expect(moves()).toEqual([MOVE]);
      expect(metrics().map(metricsOf)).toEqual([{ Rotations: 1 }]);
    });

    it('is not promoted when its access token does not last until the next rotation', async () => {
      const times = {
        issuedAt: new Date('2026-06-30T17:00:00Z'),
        expiresAt: new Date('2026-07-01T17:00:00Z'),
      };

      const error = await rejection(promoted({ pair, ...times }));
      await promoted(times);

      expect(error).toBeInstanceOf(AccessTokenExpired);
      expect(moves()).toEqual([MOVE]);
    });
  });

  it('measures no token gap when AWSCURRENT keeps its pair', async () => {
    await promoted({ pair: { ...PROMOTE.pair, current: { lineage: CURRENT_FINGERPRINT, generation: 1 } } });

    expect(metrics().map(metricsOf)).toEqual([{ Rotations: 1 }]);
  });

  describe('when AWSCURRENT is already on the version', () => {
    beforeEach(() => labelled(PROMOTED));

    it('succeeds without a move', async () => {
      const result = await promoted();

      expect(result).toEqual({ previousVersionId: BASE_VERSION, currentVersionId: DERIVED_VERSION });
      expect(moves()).toEqual([]);
      expect(changesOf('AWSPENDING')).toEqual([]);
    });

    it('succeeds even if the token can no longer be claimed, because it may have been exchanged since', async () => {
      table.mock.on(UpdateItemCommand).rejects(ITEM_CHANGED);

      expect(await promoted()).toMatchObject({ currentVersionId: DERIVED_VERSION });
    });

    it('counts the rotation but measures no token gap, because the time of the move is unknown', async () => {
      await promoted();

      expect(metrics().map(metricsOf)).toEqual([{ Rotations: 1 }]);
    });
  });

  describe('the claim', () => {
    it('is set on the new refresh token, and expires after the function ends', async () => {
      await promoted();

      const until = new Date(Date.parse('2026-07-01T08:00:14.250Z') + CLAIM_MARGIN_MS);
      expect(table.claims()).toEqual([[`token#${NEW_FINGERPRINT}`, until.toISOString()]]);
      expect(table.mock.commandCalls(UpdateItemCommand)[0]?.args[0].input).toMatchObject({
        Key: tokenKey(NEW_FINGERPRINT),
        ConditionExpression:
          '#status = :issued AND secretArn = :secretArn AND pendingVersionId = :pendingVersionId',
        ExpressionAttributeValues: {
          ':issued': { S: 'issued' },
          ':secretArn': { S: SECRET_ARN },
          ':pendingVersionId': { S: DERIVED_VERSION },
        },
      });
    });

    it('is set before AWSCURRENT moves', async () => {
      await promoted();

      const [move] = secretsMock.commandCalls(UpdateSecretVersionStageCommand);
      const [claim] = table.mock.commandCalls(UpdateItemCommand);
      expect(move !== undefined && claim?.calledBefore(move)).toBe(true);
    });

    it('is refused with CurrentVersionMoved when the token is no longer issued, and nothing is moved', async () => {
      table.mock.on(UpdateItemCommand).rejects(ITEM_CHANGED);

      const error = await rejection(promoted());

      expect(error).toBeInstanceOf(CurrentVersionMoved);
      expect(error.message).toContain(SECRET_ARN);
      expect(moves()).toEqual([]);
      expect(metrics()).toEqual([]);
    });

    it('rethrows the error of DynamoDB, which Step Functions retries, and nothing is moved', async () => {
      const exception = Object.assign(new Error('busy'), { name: 'InternalServerError' });
      table.mock.on(UpdateItemCommand).rejects(exception);

      const error = await rejection(promoted());

      expect(error).toBe(exception);
      expect(moves()).toEqual([]);
    });
  });

  describe('moves nothing', () => {
    it.each<[string, Stages]>([
      [
        'is on a version that somebody wrote',
        {
          [FOREIGN_VERSION]: ['AWSCURRENT'],
          [BASE_VERSION]: ['AWSPREVIOUS'],
          [DERIVED_VERSION]: ['AWSPENDING'],
        },
      ],
      [
        'is on another version of this rotation',
        { [VERSION]: ['AWSCURRENT'], [DERIVED_VERSION]: ['AWSPENDING'] },
      ],
      ['is on no version', { [DERIVED_VERSION]: ['AWSPENDING'] }],
    ])('and throws CurrentVersionMoved when AWSCURRENT %s', async (_where, stages) => {
      labelled(stages);

      const error = await rejection(promoted());

      expect(error).toBeInstanceOf(CurrentVersionMoved);
      expect(error.message).toContain(BASE_VERSION);
      expect(moves()).toEqual([]);
      expect(logged()).toEqual([]);
      expect(metrics()).toEqual([]);
    });

    it.each<[string, Stages, number]>([
      ['is on no version', { [BASE_VERSION]: ['AWSCURRENT'] }, 0],
      ['is on AWSCURRENT itself', { [BASE_VERSION]: ['AWSCURRENT', 'AWSPENDING'] }, 1],
      [
        'is on another version of this rotation',
        { [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING'] },
        0,
      ],
      [
        'is on the version of another rotation, after a redrive',
        { [BASE_VERSION]: ['AWSCURRENT'], [FOREIGN_VERSION]: ['AWSPENDING'] },
        1,
      ],
    ])('and throws PendingVersionMissing when AWSPENDING %s', async (_where, stages, redriveCount) => {
      labelled(stages);

      const error = await rejection(promoted({ redriveCount }));

      expect(error).toBeInstanceOf(PendingVersionMissing);
      expect(error.message).toContain(DERIVED_VERSION);
      expect(moves()).toEqual([]);
      expect(sum(sleeps)).toBe(MAX_READ_LAG_MS);
    });

    it('and throws PendingVersionTaken when AWSPENDING is on the version of another rotation', async () => {
      labelled({ [BASE_VERSION]: ['AWSCURRENT'], [FOREIGN_VERSION]: ['AWSPENDING'] });

      const error = await rejection(promoted());

      expect(error).toBeInstanceOf(PendingVersionTaken);
      expect(error.message).toContain(FOREIGN_VERSION);
      expect(moves()).toEqual([]);
    });

    it('and throws InvalidRotationRequest for a version of another rotation, whatever its labels', async () => {
      labelled({ [BASE_VERSION]: ['AWSCURRENT'], [FOREIGN_VERSION]: ['AWSPENDING'] });

      const error = await rejection(promoted({ pendingVersionId: FOREIGN_VERSION }));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(error.message).toContain(FOREIGN_VERSION);
      expect(moves()).toEqual([]);
    });

    it('and throws SecretNotFound when the secret is gone', async () => {
      secretsMock.on(DescribeSecretCommand).rejects(awsException(ResourceNotFoundException));

      const error = await rejection(promoted());

      expect(error).toBeInstanceOf(SecretNotFound);
      expect(moves()).toEqual([]);
    });
  });

  it('reads the labels again while they do not show what StorePending wrote', async () => {
    labelled({ [BASE_VERSION]: ['AWSCURRENT'] }, { [BASE_VERSION]: ['AWSCURRENT'] }, PENDING);

    await promoted();

    expect(sleeps).toHaveLength(2);
    expect(moves()).toEqual([MOVE]);
  });

  describe('when Secrets Manager refuses the move', () => {
    it.each([
      awsException(InvalidParameterException),
      awsException(InvalidRequestException),
      secretsManagerException('ValidationException'),
    ])('succeeds if AWSCURRENT has already moved, as after a lost response: %s', async exception => {
      refused(exception, PROMOTED);

      const result = await promoted();

      expect(result).toEqual({ previousVersionId: BASE_VERSION, currentVersionId: DERIVED_VERSION });
      expect(moves()).toHaveLength(1);
      expect(sleeps).toEqual([]);
    });

    it('first treats AWSCURRENT on the base version as a stale read', async () => {
      refused(awsException(InvalidParameterException), PENDING, PENDING, PROMOTED);

      expect(await promoted()).toMatchObject({ currentVersionId: DERIVED_VERSION });
      expect(sleeps).toHaveLength(2);
    });

    it('throws CurrentVersionMoved if somebody else has moved AWSCURRENT', async () => {
      refused(awsException(InvalidParameterException), {
        [FOREIGN_VERSION]: ['AWSCURRENT'],
        [BASE_VERSION]: ['AWSPREVIOUS'],
      });

      const error = await rejection(promoted());

      expect(error).toBeInstanceOf(CurrentVersionMoved);
      expect(error.message).toContain(FOREIGN_VERSION);
      expect(moves()).toHaveLength(1);
    });

    it('throws CurrentVersionMoved if AWSCURRENT is no longer on any version', async () => {
      refused(awsException(InvalidParameterException), { [DERIVED_VERSION]: ['AWSPENDING'] });

      const error = await rejection(promoted());

      expect(error).toBeInstanceOf(CurrentVersionMoved);
    });

    it.each([
      awsException(InvalidParameterException),
      awsException(ResourceNotFoundException),
      secretsManagerException('AccessDeniedException'),
    ])(
      'throws %s if AWSCURRENT stays on the base version for as long as a read may be stale',
      async exception => {
        refused(exception, PENDING);

        const error = await rejection(promoted());

        expect(error).toBe(exception);
        expect(sum(sleeps)).toBe(MAX_READ_LAG_MS);
      },
    );

    it.each([
      secretsManagerException('ThrottlingException'),
      awsException(InternalServiceError),
      Object.assign(new Error('no response'), { name: 'TimeoutError' }),
    ])('rethrows %s immediately, because Step Functions retries it', async exception => {
      refused(exception, PROMOTED);

      const error = await rejection(promoted());

      expect(error).toBe(exception);
      expect(secretsMock.commandCalls(DescribeSecretCommand)).toHaveLength(1);
    });

    it('throws SecretNotFound if the secret was deleted in between', async () => {
      secretsMock.on(UpdateSecretVersionStageCommand).callsFake(() => {
        secretsMock.on(DescribeSecretCommand).rejects(awsException(ResourceNotFoundException));
        throw awsException(ResourceNotFoundException);
      });

      const error = await rejection(promoted());

      expect(error).toBeInstanceOf(SecretNotFound);
    });
  });
});

describe('parsePromotion', () => {
  const EVENT = {
    pendingVersionId: DERIVED_VERSION,
    baseVersionId: BASE_VERSION,
    pair: { ...PROMOTE.pair, sealedPair: 'v1.a.b.c' },
    fingerprint: NEW_FINGERPRINT,
    issuedAt: '2026-07-01T07:59:58.000Z',
    expiresAt: '2026-07-02T07:59:58.000Z',
    redriveCount: 2,
  };

  it('reads the fields of Promote', () => {
    expect(parsePromotion(requestFields('The request', EVENT))).toEqual({
      pendingVersionId: DERIVED_VERSION,
      baseVersionId: BASE_VERSION,
      pair: PROMOTE.pair,
      fingerprint: NEW_FINGERPRINT,
      issuedAt: new Date('2026-07-01T07:59:58Z'),
      expiresAt: new Date('2026-07-02T07:59:58Z'),
      redriveCount: 2,
    });
  });

  it('reads null when the response had no expiry', () => {
    const fields = requestFields('The request', { ...EVENT, expiresAt: null });

    expect(parsePromotion(fields).expiresAt).toBeNull();
  });

  it.each([
    ['pendingVersionId', undefined],
    ['baseVersionId', ''],
    ['pair', null],
    ['fingerprint', null],
    ['issuedAt', 'yesterday'],
    ['issuedAt', null],
    ['expiresAt', 'tomorrow'],
    ['expiresAt', undefined],
    ['redriveCount', '1'],
    ['redriveCount', undefined],
  ])('refuses a request whose %s is %j', async (key, value) => {
    const fields = requestFields('The request', { ...EVENT, [key]: value });

    const error = await rejection(Promise.resolve().then(() => parsePromotion(fields)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});
