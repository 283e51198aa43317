import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, it, vi } from 'vitest';
import * as errors from '../../../functions/shared/errors.ts';
import { bundleFunctions } from '../../../infra/bundle.ts';
import { STATE_MACHINE_ARN } from '../../helpers/execution-description.ts';
import { rejection } from '../../helpers/no-secrets.ts';
import { SEAL_KEY_ARN } from '../../helpers/seal-keys.ts';

/** The name of every error of the functions, as Step Functions matches it and operators see it. */
const NAMES = [
  'AccessTokenExpired',
  'AccessTokenForbidden',
  'AccessTokenNotPublished',
  'AccessTokenRejected',
  'AlternateGrantRejected',
  'ClientRejected',
  'CurrentVersionMoved',
  'ExchangeInProgress',
  'ExchangeUnsettled',
  'GenesysRateLimited',
  'GenesysUnavailable',
  'InvalidRotationRequest',
  'InvalidSecret',
  'NewerLogin',
  'PendingVersionMissing',
  'PendingVersionTaken',
  'RefreshTokenRejected',
  'RotationFailed',
  'RotationStillRunning',
  'SecretNotFound',
  'SharedLogin',
  'TokenResponseLost',
  'WrongUser',
] as const;

type ErrorClasses = Omit<typeof errors, 'RotationError'>;

const CLASSES: ErrorClasses = { ...errors };

const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');

describe('errors', () => {
  it('are exactly these classes', () => {
    expect(new Set(Object.keys(errors))).toEqual(new Set([...NAMES, 'RotationError']));
  });

  it.each(NAMES)('%s has the name of its class, and names its entry in the runbook', name => {
    const error = new CLASSES[name]('what happened');

    expect(CLASSES[name].name).toBe(name);
    expect(error.name).toBe(name);
    expect(error.message).toBe(`what happened Runbook: docs/runbook.md#${name.toLowerCase()}`);
    expect(runbook).toContain(`\n## ${name}\n`);
  });

  it.each(NAMES)('%s is a RotationError and an Error, but no other class', name => {
    const error = new CLASSES[name]('what happened');

    expect(error).toBeInstanceOf(errors.RotationError);
    expect(error).toBeInstanceOf(Error);
    expect(NAMES.filter(other => error instanceof CLASSES[other])).toEqual([name]);
  });

  it.each(NAMES.filter(name => name !== 'GenesysRateLimited'))(
    '%s has no field that could carry a secret',
    name => {
      expect(Object.keys(new CLASSES[name]('what happened'))).toEqual([]);
    },
  );

  it('GenesysRateLimited has one field, a number of seconds', () => {
    const error = new errors.GenesysRateLimited('what happened', 17);

    expect(Object.entries(error)).toEqual([['retryAfterSeconds', 17]]);
  });
});

describe('errors in a minified bundle', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rotation-errors-'));
  const load = createRequire(import.meta.url);

  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  });

  it('keep their names although the minifier renames the classes', () => {
    const outfile = join(directory, 'errors.cjs');
    buildSync({
      entryPoints: [fileURLToPath(new URL('../../../functions/shared/errors.ts', import.meta.url))],
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

  it('reach the caller and the log of each deployed function under their names', async () => {
    vi.stubEnv('STATE_MACHINE_ARN', STATE_MACHINE_ARN);
    vi.stubEnv('SEAL_KEY_ARN', SEAL_KEY_ARN);
    vi.stubEnv('JOURNAL_TABLE', 'journal');
    vi.stubEnv('MAX_GAP_HOURS', '9');
    await bundleFunctions(directory);

    const functions = ['rotation', 'fetch', 'refresh', 'store-pending', 'verify', 'promote', 'publish'];
    const thrown = await Promise.all(
      functions.map(name => {
        const { handler } = load(join(directory, name, 'index.js')) as {
          handler: (event: unknown, context: object) => Promise<unknown>;
        };
        return rejection(handler({}, {}));
      }),
    );

    expect(thrown.map(error => error.name)).toEqual(functions.map(() => 'InvalidRotationRequest'));
    // Lambda's runtime takes the error type from the constructor, not from the error's own name.
    expect(thrown.map(error => error.constructor.name)).toEqual(
      functions.map(() => 'InvalidRotationRequest'),
    );
  });
});
