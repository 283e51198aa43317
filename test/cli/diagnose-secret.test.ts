import {
  CancelRotateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, it } from 'vitest';
import { changingResponse, diagnoseWorld, type Fault, KEY_ID, LONG_AGO_SECONDS } from './diagnose-world.ts';

const { expectFound } = diagnoseWorld();

/** Makes every version of a secret old. */
const OLD_VERSIONS = changingResponse('ListSecretVersionIds', response => {
  const { Versions } = response as { Versions: object[] };
  return { ...response, Versions: Versions.map(each => ({ ...each, CreatedDate: LONG_AGO_SECONDS })) };
});

const SECRET_FAULTS: readonly Fault[] = [
  { fault: 'a missing secret', step: 'secret', fix: '--region', args: ['crm/none'] },
  {
    fault: 'a secret that is scheduled for deletion',
    step: 'secret',
    fix: 'aws secretsmanager restore-secret',
    prepare: async (world, { secretArn }) => {
      await world.secrets.send(new DeleteSecretCommand({ SecretId: secretArn }));
    },
  },
  {
    fault: 'a replica',
    step: 'secret',
    fix: 'diagnose with --region eu-west-1',
    intercept: changingResponse('DescribeSecret', response => ({ ...response, PrimaryRegion: 'eu-west-1' })),
  },
  {
    fault: 'a key of the secret that is disabled',
    step: 'secret-key',
    fix: `aws kms enable-key --key-id ${KEY_ID}`,
    prepare: async ({ sandbox, secrets }, { secretArn }) => {
      await secrets.send(new UpdateSecretCommand({ SecretId: secretArn, KmsKeyId: KEY_ID }));
      sandbox.kms.disableKey(KEY_ID);
      return () => sandbox.kms.enableKey(KEY_ID);
    },
  },
  {
    fault: 'a key of the secret that does not exist',
    step: 'secret-key',
    fix: 'aws secretsmanager update-secret --kms-key-id',
    intercept: changingResponse('DescribeSecret', response => ({ ...response, KmsKeyId: 'alias/gone' })),
  },
];

const VALUE_FAULTS: readonly Fault[] = [
  {
    fault: 'a value that is not JSON',
    step: 'value',
    fix: 'JSON object',
    prepare: async (world, { secretArn }) => {
      await world.secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: 'no JSON' }));
    },
  },
  {
    fault: 'a value that lacks a key',
    step: 'value',
    fix: 'refreshToken',
    prepare: (world, { secretArn }) => world.editSecret(secretArn, { refreshToken: undefined }),
  },
  {
    fault: 'a region that Genesys Cloud does not have',
    step: 'value',
    fix: 'region',
    prepare: (world, { secretArn }) => world.editSecret(secretArn, { region: 'eu-north-9' }),
  },
];

const ROTATION_FAULTS: readonly Fault[] = [
  {
    fault: 'a disabled rotation',
    step: 'rotation',
    fix: /aws secretsmanager rotate-secret .*--no-rotate-immediately/,
    prepare: async (world, { secretArn }) => {
      await world.secrets.send(new CancelRotateSecretCommand({ SecretId: secretArn }));
    },
  },
  {
    fault: 'rotation by another function',
    step: 'rotation',
    fix: '--stack',
    prepare: ({ sandbox }, { secretArn }) =>
      sandbox.secretsManager.enableRotation(secretArn, `${sandbox.rotationFunctionArn}-other`, {
        ScheduleExpression: 'rate(8 hours)',
      }),
  },
  {
    fault: 'rotation by an alias of the function',
    step: 'rotation',
    fix: 'alias',
    prepare: ({ sandbox }, { secretArn }) =>
      sandbox.secretsManager.enableRotation(secretArn, `${sandbox.rotationFunctionArn}:live`, {
        ScheduleExpression: 'rate(8 hours)',
      }),
  },
  {
    fault: 'an access token that expires before the next rotation',
    step: 'rotation',
    fix: 'token duration',
    prepare: (world, { secretArn }) =>
      world.editSecret(secretArn, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() }),
  },
  {
    fault: 'an overdue rotation',
    step: 'in-time',
    fix: 'genesys-token-rotation rotate {secret}',
    intercept: changingResponse('DescribeSecret', response => ({
      ...response,
      CreatedDate: LONG_AGO_SECONDS,
      LastRotatedDate: LONG_AGO_SECONDS,
    })),
  },
];

const LABEL_FAULTS: readonly Fault[] = [
  {
    fault: 'AWSPENDING left on a version that nobody rotates',
    step: 'labels',
    fix: '--version-stage AWSPENDING --remove-from-version-id',
    intercept: OLD_VERSIONS,
    prepare: async (world, { secretArn }) => {
      await world.secrets.send(
        new PutSecretValueCommand({ SecretId: secretArn, SecretString: '{}', VersionStages: ['AWSPENDING'] }),
      );
    },
  },
  {
    fault: 'AWSPENDING left on a version without a value, whose rotation never ran',
    step: 'labels',
    fix: '--version-stage AWSPENDING --remove-from-version-id',
    intercept: OLD_VERSIONS,
    prepare: async (world, { secretArn }) => {
      world.sandbox.faults.add({ target: 'lambda:rotation', kind: 'throttled' });
      const versionId = await world.rotateSecret(secretArn);
      await world.outcome(secretArn, versionId);
      world.sandbox.faults.clear();
    },
  },
];

describe('diagnose names the fix for', () => {
  it.each([...SECRET_FAULTS, ...VALUE_FAULTS])('$fault', expectFound);
  it.each([...ROTATION_FAULTS, ...LABEL_FAULTS])('$fault', expectFound);
});
