import { describe, expect, it } from 'vitest';
import { DEFAULT_FLEET, simulateFleet } from '../../../bench/simulation/fleet.ts';
import { OPERATIONS, type Operation } from '../../../bench/simulation/operations.ts';
import { startSandbox } from '../../helpers/sandbox.ts';

const HOUR_MS = 3_600_000;

/** Every call of an undisturbed rotation, but for the polls of the rotation function, whose number depends on the time. */
const CALLS = {
  'dynamodb:GetItem': 8,
  'dynamodb:PutItem': 1,
  'dynamodb:TransactWriteItems': 1,
  'dynamodb:UpdateItem': 1,
  'kms:Decrypt': 2,
  'kms:GenerateDataKey': 2,
  'secretsmanager:DescribeSecret': 5,
  'secretsmanager:GetSecretValue': 4,
  'secretsmanager:PutSecretValue': 1,
  'secretsmanager:UpdateSecretVersionStage': 1,
  'states:StartExecution': 1,
};

/** Counts one scheduled rotation in the sandbox, where time stands still: the first poll finds the execution closed. */
async function sandboxRotation() {
  const invocations: Record<string, number> = {};
  const { sandbox, credential } = await startSandbox({
    virtualTime: true,
    seed: 1,
    // An execution that takes no time would close before DescribeExecution shows it, and be polled twice.
    stepFunctions: { startLagMs: 0 },
    invocationInterceptors: [
      async ({ functionName }, next) => {
        const name = functionName.replace(
          /^.*?-(rotation|fetch|refresh|store-pending|verify|promote|notify|watch)$/,
          '$1',
        );
        invocations[name] = (invocations[name] ?? 0) + 1;
        return await next();
      },
    ],
  });
  await credential();
  let transitions = 0;
  sandbox.stepFunctions.onEvent(({ type }) => {
    if (type.endsWith('StateEntered')) transitions += 1;
  });
  await sandbox.advance(10 * HOUR_MS);
  const calls: Record<string, number> = {};
  for (const { service, operation, functionArn } of sandbox.callLog.calls()) {
    if (functionArn === undefined || functionArn.endsWith('-watch')) continue;
    const name = `${service}:${operation}`;
    calls[name] = (calls[name] ?? 0) + 1;
  }
  const { watch: _hourly, ...ofRotation } = invocations;
  const { refreshes } = sandbox.genesysCloud.counts();
  return { calls, transitions, invocations: ofRotation, refreshes };
}

function simulatedRotation() {
  const figures = simulateFleet({ ...DEFAULT_FLEET, secrets: 1 });
  const calls = Object.fromEntries(
    (Object.entries(figures.calls) as [Operation, number][]).map(([name, count]) => [
      `${OPERATIONS[name].service}:${name}`,
      count,
    ]),
  );
  return { ...figures, calls };
}

describe('a single rotation in the simulation', () => {
  it('makes the calls, transitions and invocations that the sandbox counts', async () => {
    const expected = {
      transitions: 7,
      invocations: {
        rotation: 4,
        fetch: 1,
        refresh: 1,
        'store-pending': 1,
        verify: 1,
        promote: 1,
        notify: 2,
      },
    };

    const counted = await sandboxRotation();
    const simulated = simulatedRotation();

    expect(counted).toMatchObject(expected);
    expect(counted.calls).toEqual({ ...CALLS, 'secretsmanager:DescribeSecret': expect.any(Number) });
    expect(counted.refreshes).toBe(1);
    expect(simulated).toMatchObject({ ...expected, mostRefreshesOfASecret: 1 });
    expect(simulated.calls).toEqual({
      ...CALLS,
      'secretsmanager:DescribeSecret': CALLS['secretsmanager:DescribeSecret'] + simulated.pollsPerRotation,
    });
    expect(counted.calls['secretsmanager:DescribeSecret']).toBeGreaterThan(
      CALLS['secretsmanager:DescribeSecret'],
    );
  });

  it('starts every function cold, and takes longer than the wait for its labels', () => {
    const { coldStarts, rotation, waitedSecondsPerRotation, refused } = simulatedRotation();

    expect(coldStarts).toEqual({
      rotation: 1,
      fetch: 1,
      refresh: 1,
      'store-pending': 1,
      verify: 1,
      promote: 1,
      notify: 1,
    });
    expect(refused).toEqual({});
    expect(waitedSecondsPerRotation).toBeGreaterThan(0);
    expect(rotation.maxMs).toBeGreaterThan(waitedSecondsPerRotation * 1000);
  });
});
