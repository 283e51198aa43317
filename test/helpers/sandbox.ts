import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { beforeAll, inject, onTestFinished } from 'vitest';
import {
  type CredentialOptions,
  createFirstCredential,
  type FirstCredential,
} from '../../sandbox/demonstration/first-credential.ts';
import { Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';

/** A sandbox with the stack of this test run, and the operator's clients for it. */
export interface TestSandbox {
  readonly sandbox: Sandbox;
  readonly secrets: SecretsManagerClient;
  readonly stepFunctions: SFNClient;
  /** A secret with the tokens of a first login, whose rotation is enabled and due in eight hours. */
  readonly credential: (options?: CredentialOptions) => Promise<FirstCredential>;
}

/** Keeps what ends a sandbox until its time has come. */
export type WhenOver = (end: () => Promise<void>) => void;

/**
 * Starts a sandbox.
 *
 * @param whenOver when it ends; by default with the test
 */
export async function startSandbox(
  options: SandboxOptions = {},
  whenOver: WhenOver = onTestFinished,
): Promise<TestSandbox> {
  const sandbox = await Sandbox.start({
    assemblyDirectory: inject('assemblyDirectory'),
    permissionRecords: inject('grantsDirectory'),
    ...options,
  });
  whenOver(() => sandbox.close());
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
      return credential;
    },
  };
}

/**
 * One world for all tests of a file or block, whose functions start only once. The tests keep apart by their secrets.
 *
 * @param start gets what it has to give to {@link startSandbox}
 * @returns gives the world, within a test
 */
export function sharedWorld<World>(start: (whenOver: WhenOver) => Promise<World>): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    const ends: (() => Promise<void>)[] = [];
    world = await start(end => void ends.push(end));
    return async () => {
      for (const end of ends) await end();
    };
  });
  return () => {
    if (world === undefined) throw new Error('The world is there within a test only.');
    return world;
  };
}
