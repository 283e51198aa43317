import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { authorizeCode } from '../../../sandbox/genesys-cloud/browser.ts';
import { consoleWorld } from './console-world.ts';

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const FINGERPRINT = /^[0-9a-f]{16}$/;

describe('the overview', () => {
  it('shows a credential before its first rotation', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();

    const { now, executions, credentials, faults } = await world.overview();

    const token = { fingerprint: expect.stringMatching(FINGERPRINT), state: 'live' };
    const issued = { ...token, issuedAt: now };
    const expiresAt = new Date(Date.parse(now) + 86_400_000).toISOString();
    expect({ executions, faults }).toEqual({ executions: [], faults: [] });
    expect(credentials).toEqual([
      {
        secretArn,
        name: 'genesys/demo',
        rotation: { isEnabled: true, status: 'idle', nextRotationDate: expect.stringMatching(ISO_8601) },
        versions: [
          {
            id: expect.any(String),
            createdDate: now,
            labels: ['AWSCURRENT'],
            accessToken: token,
            refreshToken: token,
          },
        ],
        labelMoves: [{ at: now, label: 'AWSCURRENT', to: credentials[0]?.versions[0]?.id }],
        lineages: [
          {
            id: expect.any(String),
            isLive: true,
            tokens: [
              { ...issued, kind: 'refresh' },
              { ...issued, kind: 'access', expiresAt },
            ],
          },
        ],
        consumer: {
          works: true,
          explanation: 'Genesys Cloud accepts the access token of AWSCURRENT.',
          accessTokenFingerprint: credentials[0]?.versions[0]?.accessToken?.fingerprint,
          accessTokenExpiresAt: expiresAt,
        },
        verdict: { health: 'healthy', impact: 'Consumers hold a working access token.', next: [] },
      },
    ]);
  });

  it('shows how a rotation changed labels and tokens', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    const [first] = (await world.credentialView()).versions;

    await world.post('/secrets/rotate', { secretArn });
    await world.advance();

    const { versions, labelMoves, lineages, consumer, rotation } = await world.credentialView();
    const second = versions[1];
    expect(rotation).toMatchObject({ status: 'idle', lastRotatedDate: expect.stringMatching(ISO_8601) });
    expect(versions).toMatchObject([
      {
        id: first?.id,
        labels: ['AWSPREVIOUS'],
        accessToken: { fingerprint: first?.accessToken?.fingerprint, state: 'revoked' },
        refreshToken: { fingerprint: first?.refreshToken?.fingerprint, state: 'spent' },
      },
      { labels: ['AWSCURRENT'], accessToken: { state: 'live' }, refreshToken: { state: 'live' } },
    ]);
    expect(labelMoves.map(({ label, from, to }) => ({ label, from, to }))).toEqual([
      { label: 'AWSCURRENT', to: first?.id },
      { label: 'AWSPENDING', to: second?.id },
      { label: 'AWSCURRENT', from: first?.id, to: second?.id },
      { label: 'AWSPREVIOUS', to: first?.id },
      { label: 'AWSPENDING', from: second?.id },
    ]);
    expect(lineages).toHaveLength(1);
    expect(lineages[0]?.tokens.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'refresh spent',
      'access revoked',
      'refresh live',
      'access live',
    ]);
    expect(consumer).toMatchObject({
      works: true,
      accessTokenFingerprint: second?.accessToken?.fingerprint,
    });
  });

  it('shows the alternate refresh token of a secret with two grants, and its login', async () => {
    const world = await consoleWorld();
    const { secretArn: SecretId, ...login } = await world.credential();
    const { loginUrl } = world.sandbox.genesysCloud;
    const { refreshToken: alternateRefreshToken } = await authorizeCode({ loginUrl, ...login });
    const { SecretString = '' } = await world.secrets.send(new GetSecretValueCommand({ SecretId }));
    const value = { ...JSON.parse(SecretString), alternateRefreshToken };

    await world.secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }));

    const { versions, lineages } = await world.credentialView();
    const alternate = lineages[1]?.tokens.find(({ kind }) => kind === 'refresh');
    expect(versions[1]?.alternateRefreshToken).toEqual({
      fingerprint: alternate?.fingerprint,
      state: 'live',
    });
    expect(versions[0]).not.toHaveProperty('alternateRefreshToken');
  });

  it('lists the executions, newest first, as Step Functions describes them', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    await world.post('/secrets/rotate', { secretArn });
    await world.advance();
    await world.post('/faults', { text: 'lambda:verify=crash-before' });
    await world.post('/secrets/rotate', { secretArn });
    await world.advance(20_000);

    const { executions, faults } = await world.overview();

    const name = expect.stringMatching(/^genesys-demo-/);
    const both = {
      arn: expect.stringMatching(/:execution:genesys-token-rotation:genesys-demo-/),
      name,
      secretArn,
      startDate: expect.stringMatching(ISO_8601),
      stopDate: expect.stringMatching(ISO_8601),
      lastEventId: expect.any(Number),
    };
    expect(executions).toEqual([
      {
        ...both,
        status: 'FAILED',
        redriveCount: 0,
        isRedrivable: true,
        error: 'Runtime.ExitError',
        cause: expect.stringContaining('exit status 1'),
      },
      { ...both, status: 'SUCCEEDED', redriveCount: 0, isRedrivable: false },
    ]);
    expect(faults).toEqual([{ id: 1, text: 'lambda:verify=crash-before', injected: 5 }]);
    const { verdict } = await world.credentialView();
    expect(verdict).toMatchObject({ health: 'expired', executionArn: executions[0]?.arn });
    expect(verdict.next.at(-1)).toEqual({
      text: 'Redrive the failed rotation',
      command: { verb: 'redrive', line: 'genesys-token-rotation redrive genesys/demo' },
    });
  });

  it('shows the current step and attempt during a rotation', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();

    await world.post('/secrets/rotate', { secretArn });

    expect((await world.credentialView()).rotation.status).toBe('rotating, attempt 1: createSecret');
  });

  it('shows whether Secrets Manager retries a failed rotation', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    await world.post('/faults', { text: 'lambda:rotation=crash-before' });

    await world.post('/secrets/rotate', { secretArn });
    await world.advance(1000);
    const waiting = (await world.credentialView()).rotation;
    await world.advance(3 * 3_600_000);
    const outOfRetries = (await world.credentialView()).rotation;

    expect(waiting.status).toMatch(/^failed, waiting for a retry at \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
    expect(outOfRetries.status).toBe('failed, no retry before the next window');
  });

  it.each([
    ['expired', 'Genesys Cloud responds with 401: the access token of AWSCURRENT has expired.', 86_400_000],
    ['live', 'Genesys Cloud accepts the access token of AWSCURRENT.', 86_399_000],
  ] as const)(
    'reports that the access token of AWSCURRENT is %s according to the clock',
    async (state, explanation, ms) => {
      const world = await consoleWorld();
      await world.credential();
      await world.post('/faults', { text: 'lambda:rotation=crash-before' });

      await world.advance(ms);

      const { consumer, versions } = await world.credentialView();
      expect(versions.find(({ labels }) => labels.includes('AWSCURRENT'))?.accessToken?.state).toBe(state);
      expect(consumer).toMatchObject({ works: state === 'live', explanation });
    },
  );

  it.each([
    [
      '{"accessToken":"made up"}',
      'Genesys Cloud responds with 401: it never issued the access token of AWSCURRENT.',
    ],
    ['{"clientId":"x"}', 'The value of AWSCURRENT has no access token.'],
    ['{"accessToken":7}', 'The value of AWSCURRENT has no access token.'],
    ['not JSON', 'The value of AWSCURRENT has no access token.'],
  ])('reports why consumers have no working token for the value %s', async (SecretString, explanation) => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();

    await world.secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString }));

    expect((await world.credentialView()).consumer).toMatchObject({ works: false, explanation });
  });

  it('reports a secret that is scheduled for deletion, and no other secrets', async () => {
    const world = await consoleWorld();
    const { secretArn } = await world.credential();
    await world.secrets.send(new CreateSecretCommand({ Name: 'database', SecretString: '{"password":"x"}' }));

    await world.secrets.send(new DeleteSecretCommand({ SecretId: secretArn }));

    expect(await world.credentialView()).toMatchObject({
      secretArn,
      consumer: { works: false, explanation: 'The secret is scheduled for deletion and cannot be read.' },
    });
  });
});
