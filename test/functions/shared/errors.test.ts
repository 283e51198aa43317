import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import * as errors from '../../../functions/shared/errors.ts';
import { bundleFunctions } from '../../../infra/bundle.ts';
import { rejection } from '../../helpers/no-secrets.ts';

/** Every name by which Step Functions and the operators know an error of ours. */
const NAMES = [
  'AccessTokenForbidden',
  'AccessTokenRejected',
  'ClientRejected',
  'CurrentVersionMoved',
  'GenesysAnswerLost',
  'GenesysRateLimited',
  'GenesysUnavailable',
  'InvalidRotationRequest',
  'InvalidSecret',
  'RefreshTokenRejected',
  'RotationFailed',
  'RotationStillRunning',
  'SecretNotFound',
] as const;

type ErrorClasses = Omit<typeof errors, 'RotationError'>;

describe('errors', () => {
  it('are these classes and no others', () => {
    expect(Object.keys(errors).sort()).toEqual([...NAMES, 'RotationError'].sort());
  });

  it.each(NAMES)('%s is named as its class is, and carries its message', name => {
    const error = new errors[name]('what happened');

    expect(errors[name].name).toBe(name);
    expect(error.name).toBe(name);
    expect(error.message).toBe('what happened');
    expect(String(error)).toBe(`${name}: what happened`);
  });

  it.each(NAMES)('%s is a RotationError, an Error, and none of the others', name => {
    const error = new errors[name]('what happened');

    expect(error).toBeInstanceOf(errors.RotationError);
    expect(error).toBeInstanceOf(Error);
    expect(NAMES.filter(other => error instanceof errors[other])).toEqual([name]);
  });

  it.each(NAMES)('%s has no field beside its name that could carry a secret', name => {
    expect(Object.keys(new errors[name]('what happened'))).toEqual(['name']);
  });
});

describe('errors in a minified bundle', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rotation-errors-'));
  const load = createRequire(import.meta.url);

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('keep their names although the classes lose theirs', () => {
    const outfile = join(directory, 'errors.cjs');
    buildSync({
      entryPoints: ['functions/shared/errors.ts'],
      outfile,
      bundle: true,
      minify: true,
      format: 'cjs',
      platform: 'node',
    });

    const bundled = load(outfile) as ErrorClasses;

    expect(NAMES.filter(name => bundled[name].name === name)).toEqual([]);
    expect(NAMES.map(name => new bundled[name]('what happened').name)).toEqual(NAMES);
  });

  it('reach the caller of each deployed function under their names', async () => {
    process.env.STATE_MACHINE_ARN = 'arn:aws:states:eu-central-1:111122223333:stateMachine:rotation';
    process.env.SEAL_KEY_ARN = 'arn:aws:kms:eu-central-1:111122223333:key/none';
    bundleFunctions(directory);

    const functions = ['rotation', 'fetch', 'refresh', 'store-pending', 'verify', 'promote'];
    const thrown = await Promise.all(
      functions.map(name => {
        const { handler } = load(join(directory, name, 'index.js')) as {
          handler: (event: unknown, context: object) => Promise<unknown>;
        };
        return rejection(handler({}, {}));
      }),
    );

    expect(thrown.map(error => error.name)).toEqual(functions.map(() => 'InvalidRotationRequest'));
    expect(thrown.map(error => error.constructor.name)).not.toContain('InvalidRotationRequest');
  });
});
