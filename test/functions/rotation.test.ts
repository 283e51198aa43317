import { setImmediate as nextTurn } from 'node:timers/promises';
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { RESPONSE_RESERVE_MS } from '../../functions/rotation/await-execution.ts';
import { rotate } from '../../functions/rotation/rotation.ts';
import type { RotationEvent } from '../../functions/rotation/rotation-event.ts';
import {
  InvalidRotationRequest,
  RotationFailed,
  RotationStillRunning,
  SecretNotFound,
} from '../../functions/shared/errors.ts';
import { openSeal } from '../../functions/shared/journal/sealed-blob.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { EXECUTION_ARN_PREFIX, executionDescription } from '../helpers/execution-description.ts';
import { mockLabels } from '../helpers/label-reads.ts';
import { mockExecutions } from '../helpers/mock-executions.ts';
import { captureLog, expectNoSecrets, rejection } from '../helpers/no-secrets.ts';
import { mockKms, SEAL_KEY_ARN } from '../helpers/seal-keys.ts';
import {
  BASE_VERSION,
  DERIVED_VERSION,
  FOREIGN_VERSION,
  SECRET_ARN,
  SECRET_NAME,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';
import { SENTINELS } from '../helpers/secret-value.ts';

const NAME = 'genesys-voicemail-d2228900a4-bb24e2f0910f2fed';
const SEAL_CONTEXT = { secretArn: SECRET_ARN, versionId: VERSION, holds: 'rotation-token' } as const;

const PENDING = { [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING'] };
const DERIVED_PENDING = { [BASE_VERSION]: ['AWSCURRENT'], [DERIVED_VERSION]: ['AWSPENDING'] };
const NOT_LABELLED = { [FOREIGN_VERSION]: ['AWSCURRENT'], [BASE_VERSION]: ['AWSPREVIOUS'] };

describe('rotation', () => {
  const logged = captureLog();
  const executions = mockExecutions();
  const { time, exists } = executions;
  const secretsMock = mockAws(SecretsManagerClient);
  const kmsMock = mockAws(KMSClient);
  const kms = new KMSClient();

  beforeEach(() => {
    secretsMock.reset();
    kmsMock.reset();
    mockKms(kmsMock);
    labelled(PENDING);
  });

  function labelled(VersionIdsToStages: Record<string, string[]>): void {
    secretsMock.on(DescribeSecretCommand).resolves(secretDescription({ VersionIdsToStages }));
  }

  /** What DescribeExecution returns for the execution of this name. */
  function execution(name: string, ...given: Parameters<typeof executionDescription>): void {
    executions.describeReturns(`${EXECUTION_ARN_PREFIX}${name}`, executionDescription(...given));
  }

  function call(step: RotationEvent['step'], changes: Partial<RotationEvent> = {}): Promise<void> {
    const event: RotationEvent = {
      step,
      secretId: SECRET_ARN,
      clientRequestToken: VERSION,
      rotationToken: SENTINELS.rotationToken,
      ...changes,
    };
    return rotate(event, {
      ...executions.dependencies(),
      secrets: new SecretsManagerClient(),
      kms,
      sealKeyArn: SEAL_KEY_ARN,
    });
  }

  /** The executions that were started; none of their inputs holds a secret. */
  function started(): ReturnType<typeof executions.started> {
    expectNoSecrets(executions.started());
    return executions.started();
  }

  function expectNothingStarted(): void {
    expect(executions.started()).toEqual([]);
    expect(executions.redrivenArns()).toEqual([]);
  }

  describe.each(['createSecret', 'testSecret', 'finishSecret'] as const)(
    'every step except setSecret: %s',
    step => {
      it.each([
        ['its version', VERSION],
        ['the version derived from it', DERIVED_VERSION],
      ])('succeeds without calling Step Functions when %s is AWSCURRENT', async (_what, version) => {
        labelled({ [BASE_VERSION]: ['AWSPREVIOUS'], [version]: ['AWSCURRENT', 'AWSPENDING'] });

        await call(step);

        expect(secretsMock.calls().map(({ args: [command] }) => command.input)).toEqual([
          { SecretId: SECRET_ARN },
        ]);
        expect(executions.mock.calls()).toEqual([]);
      });

      it('refuses a secret that is not enabled for rotation', async () => {
        secretsMock.on(DescribeSecretCommand).resolves(secretDescription({ RotationEnabled: false }));

        const error = await rejection(call(step));

        expect(error).toBeInstanceOf(InvalidRotationRequest);
        expect(error.message).toContain(SECRET_ARN);
        expectNothingStarted();
      });

      it('refuses a secret whose rotation was never enabled, even when the version is AWSCURRENT', async () => {
        const { RotationEnabled: _none, ...description } = secretDescription({
          VersionIdsToStages: { [VERSION]: ['AWSCURRENT'] },
        });
        secretsMock.on(DescribeSecretCommand).resolves(description);

        const error = await rejection(call(step));

        expect(error).toBeInstanceOf(InvalidRotationRequest);
      });

      it('refuses a version that has no label and no execution', async () => {
        labelled(NOT_LABELLED);

        const error = await rejection(call(step));

        expect(error).toBeInstanceOf(InvalidRotationRequest);
        expect(error.message).toContain(VERSION);
        expectNothingStarted();
      });

      it('refuses a version that is only AWSPREVIOUS', async () => {
        labelled({ [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPREVIOUS'] });

        const error = await rejection(call(step));

        expect(error).toBeInstanceOf(InvalidRotationRequest);
        expectNothingStarted();
      });

      it('throws SecretNotFound for a secret that does not exist', async () => {
        secretsMock.on(DescribeSecretCommand).rejects(awsException(ResourceNotFoundException));

        const error = await rejection(call(step));

        expect(error).toBeInstanceOf(SecretNotFound);
        expectNothingStarted();
      });

      it('rethrows errors of Secrets Manager', async () => {
        secretsMock.on(DescribeSecretCommand).rejects(secretsManagerException('AccessDeniedException'));

        const error = await rejection(call(step));

        expect(error.name).toBe('AccessDeniedException');
        expectNothingStarted();
      });
    },
  );

  describe('createSecret', () => {
    it('starts the execution of the rotation and waits for it', async () => {
      execution(NAME, 'SUCCEEDED');

      await call('createSecret');

      expect(started()).toEqual([
        {
          name: NAME,
          input: {
            purpose: 'rotate',
            secretArn: SECRET_ARN,
            versionId: VERSION,
            sealedRotationToken: expect.stringMatching(/^v1\./),
          },
        },
      ]);
    });

    it('passes the RotationToken sealed, for this secret and version only', async () => {
      execution(NAME, 'SUCCEEDED');

      await call('createSecret');

      const blob = String(started()[0]?.input.sealedRotationToken);
      expect(await openSeal({ kms, sealKeyArn: SEAL_KEY_ARN }, SEAL_CONTEXT, blob)).toBe(
        'sentinel-rotation-token',
      );
    });

    it('requests the data key while it reads the labels', async () => {
      let keysRequested = 0;
      secretsMock.on(DescribeSecretCommand).callsFake(async () => {
        await nextTurn();
        keysRequested = kmsMock.commandCalls(GenerateDataKeyCommand).length;
        return secretDescription({ VersionIdsToStages: PENDING });
      });
      execution(NAME, 'SUCCEEDED');

      await call('createSecret');

      expect(keysRequested).toBe(1);
    });

    it('does not need the data key when the version is AWSCURRENT', async () => {
      labelled({ [VERSION]: ['AWSCURRENT'] });
      kmsMock.on(GenerateDataKeyCommand).rejects(new Error('KMS is down'));

      await call('createSecret');

      expect(executions.mock.calls()).toEqual([]);
    });

    it('passes null when Secrets Manager sent no RotationToken, and requests no data key', async () => {
      execution(NAME, 'SUCCEEDED');

      await call('createSecret', { rotationToken: undefined });

      expect(started()).toMatchObject([{ input: { sealedRotationToken: null } }]);
      expect(kmsMock.calls()).toEqual([]);
    });

    it('uses the full ARN when the event contains the name of the secret', async () => {
      execution(NAME, 'SUCCEEDED');

      await call('createSecret', { secretId: SECRET_NAME });

      expect(started()).toMatchObject([{ name: NAME, input: { secretArn: SECRET_ARN } }]);
    });

    it('logs the execution that succeeded', async () => {
      execution(NAME, 'SUCCEEDED');

      await call('createSecret');

      expect(logged()).toEqual([
        {
          level: 'info',
          line: {
            message: 'rotation finished',
            secretName: 'genesys/voicemail',
            secretArn: SECRET_ARN,
            versionId: VERSION,
            execution: `${EXECUTION_ARN_PREFIX}${NAME}`,
          },
        },
      ]);
    });

    it('attaches to the running execution when Secrets Manager calls again', async () => {
      exists(NAME);
      const arn = `${EXECUTION_ARN_PREFIX}${NAME}`;
      executions.describeReturns(arn, executionDescription('RUNNING'), executionDescription('SUCCEEDED'));

      await call('createSecret');

      expect(started().map(({ name }) => name)).toEqual([NAME]);
      expect(executions.redrivenArns()).toEqual([]);
    });

    it('starts the next attempt after one that succeeded but was rolled back', async () => {
      labelled({ [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING', 'AWSPREVIOUS'] });
      exists(NAME);
      execution(NAME, 'SUCCEEDED');
      execution(`${NAME}-2`, 'SUCCEEDED');

      await call('createSecret');

      expect(started().map(({ name }) => name)).toEqual([NAME, `${NAME}-2`]);
      expect(executions.redrivenArns()).toEqual([]);
    });

    it('starts the next attempt, whose Fetch removes AWSPENDING, when the label is on another of its versions', async () => {
      labelled({ [DERIVED_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING'] });
      exists(NAME);
      execution(NAME, 'SUCCEEDED');
      execution(`${NAME}-2`, 'SUCCEEDED');

      await call('createSecret');

      expect(started().map(({ name }) => name)).toEqual([NAME, `${NAME}-2`]);
    });

    it('waits for labels that are not visible yet', async () => {
      mockLabels(secretsMock, { [BASE_VERSION]: ['AWSCURRENT'] }, PENDING);
      execution(NAME, 'SUCCEEDED');

      await call('createSecret');

      expect(started().map(({ name }) => name)).toEqual([NAME]);
    });

    it('redrives the execution that failed', async () => {
      exists(NAME);
      const arn = `${EXECUTION_ARN_PREFIX}${NAME}`;
      executions.describeReturns(arn, executionDescription('FAILED'), executionDescription('SUCCEEDED'));

      await call('createSecret');

      expect(executions.redrivenArns()).toEqual([arn]);
    });

    it('starts the second attempt when the first can no longer be redriven', async () => {
      exists(NAME);
      execution(NAME, 'FAILED', { redriveStatus: 'NOT_REDRIVABLE' });
      execution(`${NAME}-2`, 'SUCCEEDED');

      await call('createSecret');

      expect(started().map(({ name }) => name)).toEqual([NAME, `${NAME}-2`]);
    });

    it('continues when AWSPENDING is on a derived version', async () => {
      labelled(DERIVED_PENDING);
      execution(NAME, 'SUCCEEDED');

      await call('createSecret');

      expect(started()).toMatchObject([{ name: NAME, input: { versionId: VERSION } }]);
    });

    it('only confirms a rotation that stood down for a newer login and lost AWSPENDING', async () => {
      labelled(NOT_LABELLED);
      execution(NAME, 'SUCCEEDED');

      await call('createSecret');

      expectNothingStarted();
    });

    it('does not redrive a failed rotation whose version lost AWSPENDING', async () => {
      labelled(NOT_LABELLED);
      execution(NAME, 'FAILED');

      const error = await rejection(call('createSecret'));

      expect(error).toBeInstanceOf(RotationFailed);
      expectNothingStarted();
    });

    it('throws RotationFailed with the execution, the error and its message', async () => {
      const cause = JSON.stringify({ errorMessage: 'Log in again.' });
      execution(NAME, 'FAILED', { error: 'RefreshTokenRejected', cause });

      const error = await rejection(call('createSecret'));

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain(`${EXECUTION_ARN_PREFIX}${NAME}`);
      expect(error.message).toContain('RefreshTokenRejected: Log in again.');
      expect(logged()).toEqual([]);
    });

    it('throws RotationStillRunning before the function times out', async () => {
      execution(NAME, 'RUNNING');

      const error = await rejection(call('createSecret'));

      expect(error).toBeInstanceOf(RotationStillRunning);
      expect(time.remainingMs()).toBe(RESPONSE_RESERVE_MS);
    });

    it('starts nothing when the RotationToken cannot be sealed', async () => {
      kmsMock.on(GenerateDataKeyCommand).rejects(new Error('KMS is down'));

      const error = await rejection(call('createSecret'));

      expect(error.message).toBe('KMS is down');
      expect(executions.mock.calls()).toEqual([]);
    });
  });

  describe('setSecret', () => {
    it.each([
      ['is AWSPENDING', PENDING],
      ['has no label', NOT_LABELLED],
    ])('makes no calls when the version %s', async (_what, stages) => {
      labelled(stages);

      await call('setSecret');

      expect(secretsMock.calls()).toEqual([]);
      expect(executions.mock.calls()).toEqual([]);
      expect(kmsMock.calls()).toEqual([]);
    });
  });

  describe.each(['testSecret', 'finishSecret'] as const)('%s', step => {
    it.each([
      ['is still AWSPENDING', PENDING],
      ['lost AWSPENDING to a derived version', DERIVED_PENDING],
      ['no longer has a label', NOT_LABELLED],
    ])('confirms the execution that succeeded when the version %s', async (_what, stages) => {
      labelled(stages);
      execution(NAME, 'SUCCEEDED');

      await call(step);

      expectNothingStarted();
    });

    it('waits for the running execution', async () => {
      const arn = `${EXECUTION_ARN_PREFIX}${NAME}`;
      executions.describeReturns(arn, executionDescription('RUNNING'), executionDescription('SUCCEEDED'));

      await call(step);

      expect(executions.describedArns()).toEqual([arn, arn]);
      expectNothingStarted();
    });

    it('fails if the execution failed, without redriving it, because only createSecret may spend tokens', async () => {
      execution(NAME, 'FAILED', { error: 'AccessTokenRejected' });

      const error = await rejection(call(step));

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain('AccessTokenRejected');
      expectNothingStarted();
    });

    it('checks the second attempt when the first has failed', async () => {
      execution(NAME, 'FAILED');
      execution(`${NAME}-2`, 'SUCCEEDED');

      await call(step);

      expectNothingStarted();
    });

    it('throws RotationStillRunning before the function times out', async () => {
      execution(NAME, 'RUNNING');

      const error = await rejection(call(step));

      expect(error).toBeInstanceOf(RotationStillRunning);
    });
  });

  describe('testSecret alone, as with RotateImmediately=false', () => {
    it('starts an execution with a different name that only checks the configuration', async () => {
      execution(`${NAME}-check`, 'SUCCEEDED');

      await call('testSecret');

      expect(started()).toEqual([
        {
          name: `${NAME}-check`,
          input: {
            purpose: 'check-configuration',
            secretArn: SECRET_ARN,
            versionId: VERSION,
            sealedRotationToken: null,
          },
        },
      ]);
      expect(kmsMock.calls()).toEqual([]);
      expect(logged()).toMatchObject([{ line: { message: 'configuration checked' } }]);
    });

    it('starts a second check when the first can no longer be redriven', async () => {
      exists(`${NAME}-check`);
      execution(`${NAME}-check`, 'FAILED', { redriveStatus: 'NOT_REDRIVABLE' });
      execution(`${NAME}-check-2`, 'SUCCEEDED');

      await call('testSecret');

      expect(started().map(({ name }) => name)).toEqual([`${NAME}-check`, `${NAME}-check-2`]);
    });

    it('throws RotationFailed when the configuration is wrong', async () => {
      execution(`${NAME}-check`, 'FAILED', { error: 'ClientRejected' });

      const error = await rejection(call('testSecret'));

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain('ClientRejected');
    });
  });

  it('does not treat finishSecret alone as a configuration test', async () => {
    const error = await rejection(call('finishSecret'));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expectNothingStarted();
  });
});
