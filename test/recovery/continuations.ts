import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import type { RecoveryWorld } from './recovery-world.ts';

/** A way in which a failed rotation continues. */
interface Continuation {
  readonly secretsManager: NonNullable<SandboxOptions['secretsManager']>;
  readonly continueWith: (world: RecoveryWorld, secretArn: string) => Promise<unknown>;
}

const RETRY_DELAYS_MS = [60_000, 60_000, 60_000];
const ALL_RETRIES_MS = 400_000;

const redrive: Continuation['continueWith'] = async (world, secretArn) =>
  world.redriven(await world.lastClosed(secretArn));

const retries: Continuation['continueWith'] = world => world.sandbox.advance(ALL_RETRIES_MS);

/**
 * How a failed rotation continues after somebody has written AWSCURRENT. Where the write removes AWSPENDING, Secrets
 * Manager does not retry.
 */
export const AFTER_A_WRITE: Readonly<Record<string, Continuation>> = {
  'a redrive, without AWSPENDING': {
    secretsManager: { pendingAfterForeignWrite: 'removed' },
    continueWith: redrive,
  },
  'a redrive, with AWSPENDING': {
    secretsManager: { pendingAfterForeignWrite: 'kept' },
    continueWith: redrive,
  },
  'the next rotation': {
    secretsManager: { pendingAfterForeignWrite: 'removed' },
    continueWith: (world, secretArn) => world.rotated(secretArn),
  },
  'a retry with the same ClientRequestToken': {
    secretsManager: {
      pendingAfterForeignWrite: 'kept',
      retryToken: 'same',
      retryDelaysMs: RETRY_DELAYS_MS,
    },
    continueWith: retries,
  },
  'a retry with another ClientRequestToken': {
    secretsManager: {
      pendingAfterForeignWrite: 'kept',
      retryToken: 'fresh',
      retryDelaysMs: RETRY_DELAYS_MS,
    },
    continueWith: retries,
  },
};

/** How a failed rotation continues when nobody has written AWSCURRENT. */
export const AFTER_A_FAILURE: Readonly<Record<string, Continuation>> = {
  'a redrive': { secretsManager: {}, continueWith: redrive },
  'a retry with the same ClientRequestToken': {
    secretsManager: { retryToken: 'same', retryDelaysMs: RETRY_DELAYS_MS },
    continueWith: retries,
  },
  'a retry with another ClientRequestToken': {
    secretsManager: { retryToken: 'fresh', retryDelaysMs: RETRY_DELAYS_MS },
    continueWith: retries,
  },
};
