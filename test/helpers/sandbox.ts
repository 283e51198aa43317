import { setImmediate } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { inject, onTestFinished } from 'vitest';
import {
  type CredentialOptions,
  createFirstCredential,
  type FirstCredential,
} from '../../sandbox/demonstration/first-credential.ts';
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

/** What the sandboxes of this worker have left, each for one of the next. */
const left: WarmStart[] = [];

/** Starts a sandbox that ends with the test. Its functions may be warm from an earlier test. */
export async function startSandbox(options: SandboxOptions = {}): Promise<TestSandbox> {
  const { close, ...test } = await startSharedSandbox(options);
  onTestFinished(close);
  return test;
}

/** The same for several tests; who starts it closes it. */
export async function startSharedSandbox(
  options: SandboxOptions = {},
): Promise<TestSandbox & { readonly close: () => Promise<void> }> {
  const warmStart = left.pop() ?? new WarmStart();
  const sandbox = await Sandbox.start({
    assemblyDirectory: inject('assemblyDirectory'),
    permissionRecords: inject('grantsDirectory'),
    warmStart,
    ...options,
  });
  const close = async (): Promise<void> => {
    await sandbox.close();
    // Whoever has called it from this process finds the connections closed before the address serves again.
    await setImmediate();
    left.push(warmStart);
  };
  const secrets = new SecretsManagerClient(sandbox.clientConfig);
  const stepFunctions = new SFNClient(sandbox.clientConfig);
  return {
    sandbox,
    secrets,
    stepFunctions,
    close,
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
