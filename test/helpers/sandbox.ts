import { setImmediate } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { beforeAll, inject, onTestFinished } from 'vitest';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import {
  type CredentialOptions,
  createFirstCredential,
  type FirstCredential,
} from '../../sandbox/first-credential.ts';
import { Sandbox } from '../../sandbox/sandbox.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { WarmStart } from '../../sandbox/warm-start.ts';

/** A sandbox with the stack of this test run, and the operator's clients for it. */
export interface TestSandbox {
  readonly sandbox: Sandbox;
  readonly secrets: SecretsManagerClient;
  readonly stepFunctions: SFNClient;
  /** A secret with the tokens of a first login, whose rotation is enabled and due in eight hours. */
  readonly credential: (options?: CredentialOptions) => Promise<FirstCredential>;
}

/** Registers a function that stops a sandbox. */
export type OnCleanup = (end: () => Promise<void>) => void;

/**
 * How stale the functions' reads of Secrets Manager are, in ms, in every test that does not set `readLagMs`. Tests whose
 * exact outcome depends on a fresh read set it to 0.
 */
const { READ_LAG_MS = '0' } = process.env;

/** Warm starts that closed sandboxes of this worker have left for later ones. */
const left: WarmStart[] = [];

/**
 * Starts a sandbox. Its functions may be warm from an earlier test.
 *
 * @param onCleanup registers what stops the sandbox; by default for the end of the test
 */
export async function startSandbox(
  options: SandboxOptions = {},
  onCleanup: OnCleanup = onTestFinished,
): Promise<TestSandbox> {
  const warmStart = left.pop() ?? new WarmStart();
  const lag = new FunctionsReadLag(Number(READ_LAG_MS));
  const sandbox = await Sandbox.start({
    assemblyDirectory: inject('assemblyDirectory'),
    permissionRecords: inject('grantsDirectory'),
    warmStart,
    ...options,
    awsInterceptors: [...(options.awsInterceptors ?? []), lag.awsInterceptor],
  });
  if (options.secretsManager?.readLagMs === undefined) lag.begin(sandbox);
  onCleanup(async () => {
    await sandbox.close();
    // Lets clients in this process notice closed connections before the address is reused.
    await setImmediate();
    left.push(warmStart);
  });
  const secrets = new SecretsManagerClient(sandbox.clientConfig);
  const stepFunctions = new SFNClient(sandbox.clientConfig);
  return {
    sandbox,
    secrets,
    stepFunctions,
    async credential(credentialOptions) {
      const credential = await createFirstCredential(sandbox, credentialOptions);
      sandbox.secretsManager.enableRotation(credential.secretArn, sandbox.rotationFunctionArn, {
        ScheduleExpression: 'rate(8 hours)',
        Duration: '1h',
      });
      // The functions do not see the secret before that.
      if (Number(READ_LAG_MS) > 0) await sandbox.advance(Number(READ_LAG_MS));
      return credential;
    },
  };
}

/** Makes the functions' reads stale, but not the test's. */
class FunctionsReadLag {
  readonly #ms: number;
  #sandbox: Sandbox | undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  begin(sandbox: Sandbox): void {
    this.#sandbox = sandbox;
  }

  readonly awsInterceptor: AwsInterceptor = ({ caller }, next) => {
    if (this.#sandbox !== undefined)
      this.#sandbox.secretsManager.behaviour.readLagMs = caller.functionArn === undefined ? 0 : this.#ms;
    return next();
  };
}

/**
 * One world for all tests of a file or block, so that functions start only once. Each test uses its own secrets.
 *
 * @param start passes its argument on to {@link startSandbox}
 * @returns a function that returns the world within a test
 */
export function sharedWorld<World>(start: (onCleanup: OnCleanup) => Promise<World>): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    const ends: (() => Promise<void>)[] = [];
    world = await start(end => void ends.push(end));
    return async () => {
      for (const end of ends) await end();
    };
  });
  return () => {
    if (world === undefined) throw new Error('The world is only available within a test.');
    return world;
  };
}
