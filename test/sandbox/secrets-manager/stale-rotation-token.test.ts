import {
  CreateSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { SecretsManagerBehaviour } from '../../../sandbox/secrets-manager/behaviour.ts';
import { V1, V2 } from './secrets-world.ts';
import { ROTATION_FUNCTION, serveSecretsManager } from './served-secrets.ts';

/** Writes the pending version with the RotationToken of an invocation that has ended. */
async function putWithStaleToken(staleRotationToken: SecretsManagerBehaviour['staleRotationToken']) {
  const tokens: string[] = [];
  const { secrets, secretsManager } = await serveSecretsManager({
    behaviour: { staleRotationToken },
    onStep: async ({ RotationToken }) => {
      tokens.push(RotationToken);
      throw new Error('later');
    },
  });
  const SecretId = 'genesys';
  await secrets.send(
    new CreateSecretCommand({ Name: SecretId, ClientRequestToken: V1, SecretString: 'first' }),
  );
  await secrets.send(
    new RotateSecretCommand({ SecretId, ClientRequestToken: V2, RotationLambdaARN: ROTATION_FUNCTION }),
  );
  await secretsManager.rotationsIdle();
  const put = secrets.send(
    new PutSecretValueCommand({
      SecretId,
      ClientRequestToken: V2,
      SecretString: 'second',
      VersionStages: ['AWSPENDING'],
      RotationToken: tokens[0],
    }),
  );
  return { put, hasValue: () => secretsManager.secret(SecretId)?.versions[1]?.hasValue };
}

describe('PutSecretValue with a stale RotationToken', () => {
  it.each([
    ['putRefused', 'InvalidRequestException'],
    [{ refusedAs: 'InvalidParameterException' }, 'InvalidParameterException'],
    [{ refusedAs: 'AccessDeniedException' }, 'AccessDeniedException'],
    [{ refusedAs: 'InvalidRotationTokenException' }, 'InvalidRotationTokenException'],
  ] as const)('is refused with %j as %s and writes nothing', async (staleRotationToken, name) => {
    const { put, hasValue } = await putWithStaleToken(staleRotationToken);

    await expect(put).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
    expect(hasValue()).toBe(false);
  });

  it.each(['rotationFails', 'accepted'] as const)('writes the version with %s', async staleRotationToken => {
    const { put, hasValue } = await putWithStaleToken(staleRotationToken);

    await expect(put).resolves.toMatchObject({ VersionStages: ['AWSPENDING'] });
    expect(hasValue()).toBe(true);
  });
});
