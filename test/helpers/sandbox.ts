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

/** A sandbox with the stack of this test run, and the operator's clients for it. */
export interface TestSandbox {
  readonly sandbox: Sandbox;
  readonly secrets: SecretsManagerClient;
  readonly stepFunctions: SFNClient;
  /** A secret with the tokens of a first login, whose rotation is enabled and due in eight hours. */
  readonly credential: (options?: CredentialOptions) => Promise<FirstCredential>;
}

/** Starts a sandbox that ends with the test. */
export async function startSandbox(options: SandboxOptions = {}): Promise<TestSandbox> {
  const test = await startSharedSandbox(options);
  onTestFinished(() => test.sandbox.close());
  return test;
}

/** Starts a sandbox that several tests share; who starts it closes it. */
export async function startSharedSandbox(options: SandboxOptions = {}): Promise<TestSandbox> {
  const sandbox = await Sandbox.start({
    assemblyDirectory: inject('assemblyDirectory'),
    permissionRecords: inject('grantsDirectory'),
    ...options,
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
      return credential;
    },
  };
}
