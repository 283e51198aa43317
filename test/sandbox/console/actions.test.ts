import { CancelRotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { consoleWorld } from './console-world.ts';

const DONE = { status: 200, body: {} };

describe('a rotation started with the button', () => {
  it('fails while a fault is set, and succeeds when it is redriven after the fault is removed', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    await world.post('/faults', { text: 'kms:Decrypt=access-denied,by=store-pending' });

    const rotated = await world.post('/secrets/rotate', { secretArn });
    await world.advance(20_000);
    const failed = await world.execution();
    await world.send('/faults', { method: 'DELETE' });
    const redriven = await world.post('/executions/redrive', { executionArn: failed.arn });
    await world.advance(20_000);

    expect([rotated, redriven]).toEqual([DONE, DONE]);
    expect(failed).toMatchObject({ status: 'FAILED', isRedrivable: true, error: 'AccessDeniedException' });
    expect(await world.execution()).toMatchObject({ arn: failed.arn, status: 'SUCCEEDED', redriveCount: 1 });
    expect((await world.credentialView()).consumer.works).toBe(true);
  });

  it('can be stopped, and resumes when it is redriven', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    await world.post('/faults', { text: 'genesys:token=hang' });
    await world.post('/secrets/rotate', { secretArn });
    await world.advance(2000);
    const { arn: executionArn, status } = await world.execution();

    const stopped = await world.post('/executions/stop', { executionArn });

    expect({ status, stopped }).toEqual({ status: 'RUNNING', stopped: DONE });
    expect(await world.execution()).toMatchObject({ status: 'ABORTED', isRedrivable: true });
    await world.send('/faults', { method: 'DELETE' });
    await world.post('/executions/redrive', { executionArn });
    // The stopped attempt's mark in the journal lasts at most 35 s.
    await world.advance(60_000);
    expect(await world.execution()).toMatchObject({ arn: executionArn, status: 'SUCCEEDED' });
  });

  it("is started as the sandbox's operator", async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();

    await world.post('/secrets/rotate', { secretArn });

    expect(world.sandbox.callLog.calls().find(({ operation }) => operation === 'RotateSecret')).toMatchObject(
      { service: 'secretsmanager', callerArn: world.sandbox.identities.userArn('operator') },
    );
  });
});

describe('an action that AWS refuses', () => {
  it.each([
    [
      'a secret that does not exist',
      '/secrets/rotate',
      { secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:nothing-AbCdEf' },
      "RotateSecret was refused: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    ],
    [
      'an execution that does not exist',
      '/executions/redrive',
      { executionArn: 'arn:aws:states:us-east-1:123456789012:execution:genesys-token-rotation:nothing' },
      "RedriveExecution was refused: ExecutionDoesNotExist: Execution Does Not Exist: 'arn:aws:states:us-east-1:123456789012:execution:genesys-token-rotation:nothing'",
    ],
    [
      'the ARN of another kind of resource',
      '/executions/stop',
      { executionArn: 'arn:aws:s3:::bucket' },
      "StopExecution was refused: InvalidArn: Invalid Arn: 'Invalid ARN prefix: arn:aws:s3:::bucket'",
    ],
  ])('reports %s', async (_what, target, body, error) => {
    const world = await consoleWorld();

    expect(await world.post(target, body)).toEqual({ status: 400, body: { error } });
  });

  it('reports a rotation that is running', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    await world.post('/secrets/rotate', { secretArn });

    expect(await world.post('/secrets/rotate', { secretArn })).toEqual({
      status: 400,
      body: {
        error:
          "RotateSecret was refused: InvalidRequestException: A previous rotation isn't complete. That rotation will be reattempted.",
      },
    });
  });

  it.each([
    ['throttled', 400, 'RotateSecret was refused: ThrottlingException: Rate exceeded'],
    ['response-lost', 502, /^RotateSecret got no usable response: [^\n]+\.$/],
    ['wrong-body', 502, /^RotateSecret got no usable response: [^\n]+\.$/],
  ])('makes one call and reports the fault %s', async (kind, status, error) => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    await world.post('/faults', { text: `secretsmanager:RotateSecret=${kind}` });

    const refused = await world.post('/secrets/rotate', { secretArn });

    const message = typeof error === 'string' ? error : expect.stringMatching(error);
    expect(refused).toEqual({ status, body: { error: message } });
    expect(await world.get('/faults')).toMatchObject([{ injected: 1 }]);
  });

  it('enables a cancelled rotation again when it rotates', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    await world.secrets.send(new CancelRotateSecretCommand({ SecretId: secretArn }));
    const cancelled = (await world.credentialView()).rotation;

    await world.post('/secrets/rotate', { secretArn });

    expect(cancelled).toMatchObject({ isEnabled: false, status: 'not enabled' });
    expect((await world.credentialView()).rotation.isEnabled).toBe(true);
  });
});

describe('a request for an action', () => {
  const SECRET_BODY = 'The body must be {"secretArn": "<ARN>"}.';
  const EXECUTION_BODY = 'The body must be {"executionArn": "<ARN>"}.';

  it.each([
    ['/secrets/rotate', SECRET_BODY],
    ['/secrets/authorize', SECRET_BODY],
    ['/secrets/revoke', SECRET_BODY],
    ['/executions/redrive', EXECUTION_BODY],
    ['/executions/stop', EXECUTION_BODY],
  ])('to %s is refused with a message about its body', async (target, error) => {
    const world = await consoleWorld();
    const key = /"(\w+)"/.exec(error)?.[1] ?? '';
    const bodies = [undefined, {}, [], 'arn:x', { [key]: 7 }, { [key]: 'x' }, { [key]: 'arn:x', other: 1 }];

    const responses = await Promise.all(bodies.map(body => world.post(target, body)));

    expect(responses).toEqual(bodies.map(() => ({ status: 400, body: { error } })));
  });
});
