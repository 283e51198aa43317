import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { PUBLISHER_TAG } from '../../functions/shared/secrets/published-token.ts';
import { deployedRelease } from '../helpers/release-assembly.ts';
import { HEALTHY, peopleWorld } from '../recovery/people-world.ts';

describe('a seed value that Terraform writes again because its version no longer exists', () => {
  it('does not affect consumers of the published token, and leads the next rotation to the newest tokens', async () => {
    const { assemblyDirectory, parameters } = await deployedRelease();
    const world = await peopleWorld({
      assemblyDirectory,
      parameters: { ...parameters, PublishAccessTokens: 'true' },
    });
    const credential = await world.credential();
    const { secretArn, secretName } = credential;
    const publishedName = `${secretName}/access-token`;
    await world.secrets.send(
      new CreateSecretCommand({
        Name: publishedName,
        Tags: [{ Key: PUBLISHER_TAG, Value: 'genesys-token-rotation' }],
      }),
    );
    const publishedWorks = async (): Promise<boolean> => {
      const { SecretString = '' } = await world.secrets.send(
        new GetSecretValueCommand({ SecretId: publishedName }),
      );
      return (await world.statusOfCurrentUser(JSON.parse(SecretString).accessToken)) === 200;
    };
    const { clientId, clientSecret, region, refreshToken } = await world.currentValue(secretArn);
    const seed = JSON.stringify({ clientId, clientSecret, region, refreshToken });
    for (let rotation = 0; rotation < 3; rotation++) await world.rotated(secretArn);

    await world.write(secretArn, seed);
    const worksMeanwhile = await publishedWorks();
    const repaired = await world.nextRotation(credential);

    expect(worksMeanwhile).toBe(true);
    expect(repaired).toMatchObject({ outcome: 'succeeded', ...HEALTHY });
    expect(await publishedWorks()).toBe(true);
  });
});
