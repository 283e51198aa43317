import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesizePublishing } from '../../bench/soak/published-secret.ts';
import { PUBLISHER_TAG } from '../../functions/shared/secrets/published-token.ts';
import { runCliForJson } from '../helpers/cli.ts';
import { rotationWorld } from '../rotation/rotation-world.ts';
import { STEPS } from './diagnose-world.ts';

const NAME = 'crm/genesys';
const PUBLISHED_NAME = 'crm/genesys/access-token';

/** The parts of the output of `diagnose --json` that these tests use. */
interface Diagnosis {
  readonly firstWrong?: string;
  readonly fix?: string;
  readonly steps: readonly { readonly step: string; readonly status: string }[];
}

describe('diagnose, when access tokens are published,', () => {
  let assemblyDirectory: string;

  beforeAll(async () => {
    assemblyDirectory = await mkdtemp(path.join(tmpdir(), 'diagnose-published-'));
    await synthesizePublishing(assemblyDirectory);
  });
  afterAll(() => rm(assemblyDirectory, { recursive: true, force: true }));

  /** The findings on a credential whose published secret has these tags, or does not exist. */
  async function diagnosed(tags?: { Key: string; Value: string }[]) {
    const world = await rotationWorld({ assemblyDirectory, virtualTime: false, events: { rules: 'none' } });
    await world.credential({ secretName: NAME });
    if (tags !== undefined) {
      await world.secrets.send(new CreateSecretCommand({ Name: PUBLISHED_NAME, Tags: tags }));
    }
    const { result } = await runCliForJson(world.sandbox, ['diagnose', NAME]);
    return result as Diagnosis;
  }

  it('finds no problem with a secret that has the tag', async () => {
    const found = await diagnosed([{ Key: PUBLISHER_TAG, Value: 'genesys-token-rotation' }]);

    expect(found.firstWrong).toBeUndefined();
    expect(found.steps.map(({ step }) => step)).toEqual(
      STEPS.flatMap(step => (step === 'permissions' ? [step, 'published-secret'] : [step])),
    );
    expect(found.steps.find(({ step }) => step === 'permissions')).toMatchObject({ status: 'ok' });
  });

  it.each([
    ['does not exist', undefined, 'create-secret'],
    ['lacks the tag', [], 'tag-resource'],
    ['has the tag of another deployment', [{ Key: PUBLISHER_TAG, Value: 'another' }], 'tag-resource'],
  ])('reports how to fix a secret that %s', async (_, tags, fix) => {
    const found = await diagnosed(tags);

    expect(found.firstWrong).toBe('published-secret');
    expect(found.fix).toContain(fix);
    expect(found.fix).toContain(PUBLISHED_NAME);
  });
});
