import { expect } from 'vitest';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import type { GenesysInterceptor } from '../../sandbox/genesys-cloud/interceptor.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

/** A moment of a rotation: before one of its calls, or after the call's effect and before its response. */
export interface Boundary {
  /** Counted from 1. */
  readonly call: number;
  readonly side: 'before' | 'after';
}

/** Counts the calls of the functions to AWS and Genesys Cloud, and runs an action at one of them. */
export class Calls {
  /** The calls so far. */
  names: string[] = [];
  #at: Boundary | undefined;
  #action: () => Promise<unknown> = async () => undefined;

  /** The boundaries of the calls so far. */
  get boundaries(): readonly Boundary[] {
    return this.names.flatMap((_name, index) => [
      { call: index + 1, side: 'before' } as const,
      { call: index + 1, side: 'after' } as const,
    ]);
  }

  /** Starts counting again, and runs an action at a boundary. */
  watch(at: Boundary, action: () => Promise<unknown>): void {
    this.names = [];
    this.#at = at;
    this.#action = action;
  }

  /** Starts counting again, and runs no action. */
  reset(): void {
    this.names = [];
    this.#at = undefined;
  }

  readonly awsInterceptor: AwsInterceptor = ({ caller, service, operation }, next) =>
    caller.functionArn === undefined ? next() : this.#count(`${service}:${operation}`, next);

  readonly genesysInterceptor: GenesysInterceptor = ({ endpoint, grantType }, next) =>
    endpoint === 'users/me' || grantType === 'refresh_token'
      ? this.#count(`genesys:${endpoint}`, next)
      : next();

  async #count<Response>(name: string, next: () => Promise<Response>): Promise<Response> {
    const call = this.names.push(name);
    if (this.#at?.call === call && this.#at.side === 'before') await this.#action();
    try {
      return await next();
    } finally {
      if (this.#at?.call === call && this.#at.side === 'after') await this.#action();
    }
  }
}

/** A world whose calls are counted, and the boundaries of a rotation without faults. */
export async function countedWorld(options: SandboxOptions = {}): Promise<{
  world: RecoveryWorld;
  calls: Calls;
  boundaries: readonly Boundary[];
}> {
  const calls = new Calls();
  const world = await recoveryWorld({
    ...options,
    awsInterceptors: [calls.awsInterceptor],
    secretsManager: { retryDelaysMs: [60_000, 60_000], ...options.secretsManager },
  });
  world.sandbox.genesysCloud.intercept(calls.genesysInterceptor);
  const { secretArn } = await world.credential({ secretName: 'genesys/undisturbed' });
  calls.reset();
  const { outcome } = await world.rotated(secretArn);
  expect(outcome).toEqual({ status: 'succeeded' });
  const { boundaries } = calls;
  // A rotation makes at least 18 calls to AWS and 2 to Genesys Cloud.
  expect(boundaries.length).toBeGreaterThanOrEqual(2 * 20);
  calls.reset();
  return { world, calls, boundaries };
}
