import { describe, expect, it } from 'vitest';
import { refusal, secretsWorld, V1, V2 } from './secrets-world.ts';

/** A secret in an account with these quotas. */
async function limitedWorld(requestQuotas: boolean) {
  const world = secretsWorld({ behaviour: { requestQuotas } });
  await world.createSecret();
  const write = () => world.put(V1, 'first');
  return { world, write, writeOften: (times: number) => Promise.all(Array.from({ length: times }, write)) };
}

const throttled = refusal('ThrottlingException', 'Rate exceeded');
const label = (world: ReturnType<typeof secretsWorld>) =>
  world.call('UpdateSecretVersionStage', { SecretId: 'genesys', VersionStage: 'mine', MoveToVersionId: V1 });

describe('the request quotas of Secrets Manager', () => {
  it('limit all writes together to 50 per second', async () => {
    const { world, write, writeOften } = await limitedWorld(true);
    await writeOften(49);
    await label(world);

    await expect(write()).rejects.toMatchObject(throttled);
    await expect(label(world)).rejects.toMatchObject(throttled);
    await expect(
      world.call('UpdateSecret', { SecretId: 'genesys', ClientRequestToken: V2, Description: 'x' }),
    ).rejects.toMatchObject(throttled);

    await world.advance(20);
    await write();
    await expect(write()).rejects.toMatchObject(throttled);
  });

  it('limit DescribeSecret and GetSecretValue together to 10,000 per second', async () => {
    const { world, write } = await limitedWorld(true);
    const read = (name: string) => world.call(name, { SecretId: 'genesys' });
    for (let count = 0; count < 5_000; count++) {
      await read('DescribeSecret');
      await read('GetSecretValue');
    }

    await expect(read('DescribeSecret')).rejects.toMatchObject(throttled);
    await expect(read('GetSecretValue')).rejects.toMatchObject(throttled);
    await write();
  });

  it('are off by default', async () => {
    const { writeOften } = await limitedWorld(false);

    await expect(writeOften(200)).resolves.toHaveLength(200);
    expect(secretsWorld().secretsManager.behaviour.requestQuotas).toBe(false);
  });
});
