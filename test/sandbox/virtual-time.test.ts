import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HOUR_MS } from '../../functions/shared/durations.ts';
import type { FaultRule } from '../../sandbox/faults/fault-rule.ts';
import { authorizeCode } from '../../sandbox/genesys-cloud/browser.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { startSandbox } from '../helpers/sandbox.ts';
import { basic } from './genesys-cloud/organization.ts';

/** A sandbox with virtual time and a credential that is due in eight hours. The faults are set after its login. */
async function virtualSandbox(faults: readonly FaultRule[], options: SandboxOptions = {}) {
  const world = await startSandbox({
    virtualTime: true,
    seed: 1,
    events: { rules: 'none' },
    ...options,
  });
  const { secretArn } = await world.credential();
  for (const rule of faults) world.sandbox.faults.add(rule);
  const executionArns = new Set<string>();
  onTestFinished(world.sandbox.stepFunctions.onEvent(({ executionArn }) => executionArns.add(executionArn)));
  return {
    ...world,
    secretArn,
    events: () => world.sandbox.cloudTrail.events().map(({ name }) => name),
    executions: () => [...executionArns].map(arn => world.sandbox.stepFunctions.execution(arn)),
  };
}

describe('Sandbox.advance with virtual time', () => {
  it('runs every scheduled rotation in its window, including the waits of its functions', async () => {
    const { sandbox, executions, events } = await virtualSandbox([]);

    await sandbox.advance(72 * HOUR_MS);

    expect(events().filter(name => name === 'RotationSucceeded')).toHaveLength(9);
    expect(executions().map(({ status }) => status)).toStrictEqual(Array(9).fill('SUCCEEDED'));
    expect(sandbox.genesysCloud.counts().refreshes).toBe(9);
  });

  it('stops during a rotation, and resumes it', async () => {
    const { sandbox, secrets, secretArn, events } = await virtualSandbox([
      { target: 'secretsmanager:PutSecretValue', kind: 'throttled', when: { nth: 1 } },
    ]);
    const started = secrets.send(new RotateSecretCommand({ SecretId: secretArn }));
    await started;

    await sandbox.advance(0);
    const midway = events();
    await sandbox.advance(60_000);

    expect(midway).toStrictEqual(['RotationStarted']);
    expect(events()).toStrictEqual(['RotationStarted', 'RotationSucceeded']);
  });

  it.each<[string, FaultRule]>([
    ['KMS hangs once', { target: 'kms:Decrypt', kind: 'hang', when: { nth: 1 }, by: 'store-pending' }],
    [
      'the response of PutSecretValue is lost',
      { target: 'secretsmanager:PutSecretValue', kind: 'response-lost', when: { nth: 1 } },
    ],
    ['every Secrets Manager call takes 700 ms', { target: 'secretsmanager:*', kind: 'delay', ms: 700 }],
    ['Refresh is throttled by Lambda', { target: 'lambda:refresh', kind: 'throttled', when: { nth: 1 } }],
    ['Verify crashes after its work', { target: 'lambda:verify', kind: 'crash-after', when: { nth: 1 } }],
    [
      'Genesys Cloud refuses connections once',
      { target: 'genesys:token', kind: 'connection-refused', when: { nth: 1 } },
    ],
    [
      'Refresh is killed after its work',
      { target: 'lambda:refresh', kind: 'out-of-memory', when: { nth: 1 } },
    ],
    ['Genesys Cloud does not respond once', { target: 'genesys:users/me', kind: 'hang', when: { nth: 1 } }],
  ])('completes a rotation with its retries when %s', async (_what, rule) => {
    const { sandbox, events } = await virtualSandbox([rule]);

    await sandbox.advance(9 * HOUR_MS);

    expect(events()).toStrictEqual(['RotationStarted', 'RotationSucceeded']);
    expect(sandbox.faults.injected().length).toBeGreaterThan(0);
    expect(sandbox.genesysCloud.counts().refreshes).toBe(1);
  });

  it.each<[string, FaultRule, string, string]>([
    [
      'the response of the token endpoint is lost',
      { target: 'genesys:token', kind: 'response-lost', when: { nth: 1 } },
      'Refresh',
      'RefreshTokenRejected',
    ],
    [
      'Genesys Cloud stays unreachable',
      { target: 'genesys:token', kind: 'connection-refused' },
      'Refresh',
      'GenesysUnavailable',
    ],
    [
      'the data key is refused',
      { target: 'kms:Decrypt', kind: 'access-denied', by: 'store-pending' },
      'StorePending',
      'AccessDeniedException',
    ],
    [
      'Promote always times out',
      { target: 'lambda:promote', kind: 'timeout-before' },
      'Promote',
      'Sandbox.Timedout',
    ],
  ])('shows where a rotation fails when %s', async (_what, rule, stateName, error) => {
    const { sandbox, executions, events } = await virtualSandbox([rule], {
      secretsManager: { retryDelaysMs: [] },
    });

    await sandbox.advance(9 * HOUR_MS);

    expect(events()).toStrictEqual(['RotationStarted', 'RotationFailed']);
    expect(executions()).toMatchObject([{ status: 'FAILED', stateName, failure: { error } }]);
  });

  it('has the same result with the same seed', async () => {
    const outcome = async (): Promise<unknown> => {
      const { sandbox, events } = await virtualSandbox([
        // Not DescribeSecret: the rotation function polls with jitter, so the number of its calls varies.
        { target: 'secretsmanager:GetSecretValue', kind: 'throttled', when: { share: 0.2 } },
        { target: 'secretsmanager:PutSecretValue', kind: 'throttled', when: { share: 0.2 } },
        { target: 'genesys:*', kind: 'server-error', when: { share: 0.2 } },
      ]);
      await sandbox.advance(48 * HOUR_MS);
      const injected = sandbox.faults.injected().map(({ kind, target, by }) => [kind, target, by].join(' '));
      return { injected: injected.toSorted(), events: events() };
    };

    const [first, second] = [await outcome(), await outcome()];

    expect(second).toStrictEqual(first);
  });

  it('advances the clock while the operator waits for an invocation', async () => {
    const { sandbox, secretArn } = await virtualSandbox([]);
    const lambda = new LambdaClient(sandbox.clientConfig);
    onTestFinished(() => lambda.destroy());
    sandbox.faults.add({ target: 'secretsmanager:DescribeSecret', kind: 'delay', ms: 500, by: 'rotation' });
    const Payload = JSON.stringify({
      Step: 'createSecret',
      SecretId: secretArn,
      ClientRequestToken: 'x'.repeat(32),
      RotationToken: 'x',
    });
    const injected = new Promise(resolve => sandbox.faults.onInjected(resolve));

    const response = lambda.send(new InvokeCommand({ FunctionName: sandbox.rotationFunctionArn, Payload }));
    await injected;
    // The function repeats the read for 2.5 s, because a missing version can be a stale read.
    await sandbox.advance(10_000);

    await expect(response).resolves.toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
  });

  it('waits for an advance that has not ended', async () => {
    const { sandbox } = await virtualSandbox([]);
    const startMs = sandbox.clock.nowMs();

    await Promise.all([sandbox.advance(HOUR_MS), sandbox.advance(HOUR_MS)]);

    expect(sandbox.clock.nowMs() - startMs).toBe(2 * HOUR_MS);
  });
});

describe('Sandbox.pause', () => {
  it('delays a response of the token endpoint after the exchange took effect', async () => {
    const { sandbox, credential } = await startSandbox({ virtualTime: true, events: { rules: 'none' } });
    const { genesysCloud } = sandbox;
    const login = { loginUrl: genesysCloud.loginUrl, ...(await credential()) };
    const { refreshToken = '' } = await authorizeCode(login);
    const tookEffect = Promise.withResolvers<void>();
    genesysCloud.intercept(async (_request, next) => {
      const response = await next();
      tookEffect.resolve();
      await sandbox.pause(19_000);
      return { ...response, body: JSON.stringify({ ...JSON.parse(response.body), refresh_token: 42 }) };
    });
    let responses = 0;

    const response = fetch(`${login.loginUrl}/oauth/token`, {
      method: 'POST',
      headers: { authorization: basic(login.clientId, login.clientSecret) },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    }).finally(() => {
      responses += 1;
    });
    await tookEffect.promise;
    await sandbox.advance(18_999);
    const before = { responses, refreshes: genesysCloud.counts(login.clientId).refreshes };
    await sandbox.advance(1);

    expect(await (await response).json()).toMatchObject({ refresh_token: 42 });
    expect(before).toEqual({ responses: 0, refreshes: 1 });
  });

  it("delays a function's AWS call after the call took effect", async () => {
    const delay: { pause?: (ms: number) => Promise<void> } = {};
    const { sandbox, secretArn, secrets, executions } = await virtualSandbox([], {
      awsInterceptors: [
        async ({ operation }, next) => {
          const response = await next();
          if (operation === 'PutSecretValue') await delay.pause?.(400);
          return response;
        },
      ],
    });
    delay.pause = ms => sandbox.pause(ms);

    await secrets.send(new RotateSecretCommand({ SecretId: secretArn }));
    await sandbox.advance(60_000);

    const [execution] = executions();
    expect(execution?.status).toBe('SUCCEEDED');
    expect(Number(execution?.closedAt) - Number(execution?.startedAt)).toBe(400);
  });
});

describe('Sandbox.advance with real time', () => {
  it('waits in real time for a due rotation', async () => {
    const { sandbox, credential } = await startSandbox();
    await credential();

    await sandbox.advance(9 * HOUR_MS);

    expect(sandbox.cloudTrail.events().map(({ name }) => name)).toStrictEqual([
      'RotationStarted',
      'RotationSucceeded',
    ]);
  });
});

describe('Sandbox.start', () => {
  it('refuses an invalid fault', async () => {
    const faults = [{ target: 'lambda:nope', kind: 'hang' }] as const;

    await expect(startSandbox({ faults })).rejects.toMatchObject({ name: 'InvalidFault' });
  });

  it('sets the given faults', async () => {
    const { sandbox } = await startSandbox({ faults: [{ target: 'kms:*', kind: 'hang' }] });

    expect(sandbox.faults.rules().map(({ text }) => text)).toStrictEqual(['kms:*=hang']);
  });
});
