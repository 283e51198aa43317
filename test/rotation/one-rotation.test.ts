import { beforeAll, describe, expect, it } from 'vitest';
import { leaksIn } from '../../bench/leaks.ts';
import { HOUR_MS } from '../../functions/shared/durations.ts';
import type { InterceptedInvocation } from '../../sandbox/lambda/invocation-interceptor.ts';
import type { Invocation } from '../../sandbox/lambda/invoker.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { deployedRelease } from '../helpers/release-assembly.ts';
import { statesOf } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

describe.each([
  { by: 'the CDK', deployed: async () => ({}) },
  { by: 'a release', deployed: deployedRelease },
])('a rotation, deployed by $by', ({ deployed }) => {
  let deployment: SandboxOptions;

  beforeAll(async () => {
    deployment = await deployed();
  });

  it('replaces the tokens, keeps every other key, and promotes the new version once', async () => {
    const world = await rotationWorld(deployment);
    const { sandbox } = world;
    const { secretArn, clientId, accessToken } = await world.credential({ tokenDurationSeconds: 3_600 });
    const firstVersion = await world.editSecret(secretArn, { note: { owner: 'voicemail' } });
    const before = await world.currentValue(secretArn);
    const moves: unknown[] = [];
    sandbox.secretsManager.onChange(({ labelMoves }) =>
      moves.push(...labelMoves.filter(({ label }) => label === 'AWSCURRENT')),
    );

    const { versionId, outcome, execution } = await world.rotate(secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution)).toEqual([
      'Fetch',
      'Route',
      'Refresh',
      'StorePending',
      'Verify',
      'Promote',
      'Rotated',
    ]);
    expect(await world.labels(secretArn)).toEqual({
      [firstVersion]: ['AWSPREVIOUS'],
      [versionId]: ['AWSCURRENT'],
    });
    expect(moves).toHaveLength(1);
    expect(sandbox.cloudTrail.events()).toMatchObject([
      { name: 'RotationStarted', additionalEventData: { SecretId: secretArn } },
      { name: 'RotationSucceeded', additionalEventData: { SecretId: secretArn } },
    ]);

    const after = await world.currentValue(secretArn);
    expect(after).toEqual({
      ...before,
      accessToken: expect.stringMatching(/^[\w-]{86}$/),
      refreshToken: expect.stringMatching(/^[\w-]{86}$/),
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after.refreshToken).not.toBe(before.refreshToken);
    const lifetimeMs = Date.parse(String(after.expiresAt)) - execution.startedAt.getTime();
    expect(Math.round(lifetimeMs / 60_000)).toBe(60);

    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    expect(sandbox.genesysCloud.lineages(clientId)).toMatchObject([
      {
        tokens: [
          { kind: 'refresh', state: 'spent' },
          { kind: 'access', state: 'revoked' },
          { kind: 'refresh', state: 'live' },
          { kind: 'access', state: 'live' },
        ],
      },
    ]);
    expect(await world.statusOfCurrentUser(after.accessToken)).toBe(200);
    expect(await world.statusOfCurrentUser(accessToken)).toBe(401);
  });

  it('leaves no token, client secret or RotationToken in logs, histories, responses, events or the journal', async () => {
    const invocations: InterceptedInvocation[] = [];
    const responses: Invocation[] = [];
    const world = await rotationWorld({
      ...deployment,
      secretsManager: { retryDelaysMs: [60_000] },
      invocationInterceptors: [
        async (invocation, next) => {
          invocations.push(invocation);
          const response = await next();
          responses.push(response);
          return response;
        },
      ],
    });
    const { sandbox } = world;
    const { secretArn } = await world.credential();
    const serveUsersAgain = world.usersRespondWith({ status: 401, headers: {}, body: '' });

    // Includes a failure, because errors are written to logs and histories.
    const { versionId, execution: failed } = await world.rotateUntilClosed(secretArn);
    const firstOutcome = await world.outcome(secretArn, versionId);
    serveUsersAgain();
    const execution = await world.redrive(failed);
    sandbox.clock.advance(60_000);
    const outcome = await world.outcome(secretArn, versionId);

    const rotationTokens = invocations.flatMap(({ payload }) =>
      typeof payload === 'object' && payload !== null && 'RotationToken' in payload
        ? [String(payload.RotationToken)]
        : [],
    );
    const issued = sandbox.genesysCloud.issuedValues();
    const secretValues = [...issued, ...rotationTokens];
    const taskPayloads = invocations.filter(({ source }) => source === 'states.amazonaws.com');
    const logs = sandbox.stack.functions.flatMap(({ name }) => sandbox.lambda.logs(name));
    expect(firstOutcome.status).toBe('failed');
    expect(outcome).toEqual({ status: 'succeeded' });
    // Two pairs of tokens, the authorization code, and the client secret.
    expect(issued).toHaveLength(6);
    // One for the attempt that failed, four for the next one.
    expect(rotationTokens).toHaveLength(5);
    expect(leaksIn(JSON.stringify(await world.currentValue(secretArn)), secretValues)).toHaveLength(3);
    expect(logs.length).toBeGreaterThan(6);
    expect(responses.length).toBeGreaterThanOrEqual(10);

    // As Lambda's runtime writes it for the log format JSON: the error's class, not its name.
    expect(logs.map(({ text }) => JSON.parse(text))).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: expect.objectContaining({ errorType: 'AccessTokenRejected' }),
      }),
    );
    expect(leaksIn(JSON.stringify(logs), secretValues)).toEqual([]);
    expect(leaksIn(JSON.stringify(execution), secretValues)).toEqual([]);
    expect(leaksIn(JSON.stringify([taskPayloads, responses]), secretValues)).toEqual([]);
    expect(leaksIn(JSON.stringify(sandbox.cloudTrail.events()), secretValues)).toEqual([]);
    const table =
      sandbox.stack.functions.map(({ environment }) => environment.JOURNAL_TABLE).find(Boolean) ?? '';
    const journal = sandbox.dynamoDb.items(table);
    // Two tokens of the login, and the login itself with its newest pair.
    expect(journal).toHaveLength(3);
    expect(leaksIn(JSON.stringify(journal), secretValues)).toEqual([]);
  });

  it('can start right after the previous one or on schedule', async () => {
    const world = await rotationWorld(deployment);
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();

    const first = await world.rotate(secretArn);
    const second = await world.rotate(secretArn);
    await sandbox.advance(9 * HOUR_MS);

    expect([first.outcome, second.outcome]).toEqual([{ status: 'succeeded' }, { status: 'succeeded' }]);
    expect(sandbox.cloudTrail.events().map(({ name }) => name)).toEqual([
      'RotationStarted',
      'RotationSucceeded',
      'RotationStarted',
      'RotationSucceeded',
      'RotationStarted',
      'RotationSucceeded',
    ]);
    expect((await world.labels(secretArn))[second.versionId]).toEqual(['AWSPREVIOUS']);
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 3, refusedRefreshes: 0 });
    expect(await world.statusOfCurrentUser((await world.currentValue(secretArn)).accessToken)).toBe(200);
  });
});
