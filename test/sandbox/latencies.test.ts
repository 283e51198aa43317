import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { createFirstCredential } from '../../sandbox/first-credential.ts';
import type { Latencies } from '../../sandbox/latencies.ts';
import { Sandbox } from '../../sandbox/sandbox.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { startSandbox } from '../helpers/sandbox.ts';

const VIRTUAL_TIME = { virtualTime: true, events: { rules: 'none' } } as const;

/** Rotates the secret, advances the clock by 50 s, and returns the execution. */
async function rotate(sandbox: Sandbox, secretArn: string): Promise<ExecutionSnapshot> {
  const secrets = new SecretsManagerClient(sandbox.clientConfig);
  let executionArn = '';
  const unsubscribe = sandbox.stepFunctions.onEvent(event => {
    executionArn = event.executionArn;
  });
  await secrets.send(
    new RotateSecretCommand({ SecretId: secretArn, RotationLambdaARN: sandbox.rotationFunctionArn }),
  );
  secrets.destroy();
  await sandbox.advance(50_000);
  unsubscribe();
  return sandbox.stepFunctions.execution(executionArn);
}

async function rotateWith(latencies: Latencies): Promise<ExecutionSnapshot> {
  const { sandbox, credential } = await startSandbox({ ...VIRTUAL_TIME, latencies });
  const { secretArn } = await credential();
  return await rotate(sandbox, secretArn);
}

function durationMs({ startedAt, closedAt }: ExecutionSnapshot): number {
  return Number(closedAt) - Number(startedAt);
}

describe('latencies with virtual time', () => {
  it.each<[what: string, latencies: Latencies, durationMs: number]>([
    ['a state transition takes 100 ms', { stateTransition: () => 100 }, 700],
    ['an invocation takes 10 ms', { invocation: () => 10 }, 50],
    // Concurrent calls of a function take the time of one call.
    ['an AWS call takes 20 ms', { awsCall: ({ caller }) => (caller.functionArn ? 20 : 0) }, 260],
    [
      'a refresh takes 300 ms, and users/me 150 ms',
      {
        genesysRequest: ({ endpoint, grantType }) => {
          if (endpoint === 'users/me') return 150;
          return grantType === 'refresh_token' ? 300 : 0;
        },
      },
      450,
    ],
  ])('add up to the duration of an execution when %s', async (_what, latencies, expectedMs) => {
    const execution = await rotateWith(latencies);

    expect(execution.status).toBe('SUCCEEDED');
    expect(durationMs(execution)).toBe(expectedMs);
  });

  it('apply to the first invocation of a process when a cold start takes 1 s', async () => {
    const sandbox = await Sandbox.start({
      assemblyDirectory: inject('assemblyDirectory'),
      ...VIRTUAL_TIME,
      latencies: { coldStart: () => 1_000 },
    });
    onTestFinished(() => sandbox.close());
    const { secretArn } = await createFirstCredential(sandbox);

    const first = await rotate(sandbox, secretArn);
    const second = await rotate(sandbox, secretArn);

    expect([first, second].map(durationMs)).toEqual([5_000, 0]);
  });

  it('count a cold start towards TimeoutSeconds of the Task, whose function keeps running after the timeout', async () => {
    const { sandbox, credential } = await startSandbox({
      ...VIRTUAL_TIME,
      // Avoids warm processes of an earlier test.
      port: 0,
      secretsManager: { retryDelaysMs: [] },
      latencies: { coldStart: functionName => (functionName.endsWith('-refresh') ? 9_000 : 0) },
    });
    const { secretArn, clientId } = await credential();
    const definition = JSON.parse(sandbox.stack.stateMachines[0]?.definition ?? '');
    Object.assign(definition.States.Refresh, { TimeoutSeconds: 8, Retry: [] });
    sandbox.stepFunctions.updateDefinition(sandbox.stateMachineArn, definition);
    const startMs = sandbox.clock.nowMs();
    const spentAfterMs: number[] = [];
    sandbox.genesysCloud.onTokenIssued(() => spentAfterMs.push(sandbox.clock.nowMs() - startMs));

    const execution = await rotate(sandbox, secretArn);

    expect(execution).toMatchObject({
      status: 'FAILED',
      stateName: 'Refresh',
      failure: { error: 'States.Timeout' },
    });
    expect(durationMs(execution)).toBe(8_000);
    expect(spentAfterMs).toEqual([9_000]);
    expect(sandbox.genesysCloud.counts(clientId).refreshes).toBe(1);
  });

  it('make a function fail when an AWS call exceeds its time limit', async () => {
    const execution = await rotateWith({
      awsCall: ({ operation }) => (operation === 'PutSecretValue' ? 5_000 : 0),
    });

    expect(execution).toMatchObject({ status: 'FAILED', stateName: 'StorePending' });
  });
});
