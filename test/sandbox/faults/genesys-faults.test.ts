import { describe, expect, it, onTestFinished } from 'vitest';
import { currentUserId } from '../../../functions/shared/genesys/current-user.ts';
import { httpExchange } from '../../../functions/shared/genesys/http-exchange.ts';
import { refreshTokens } from '../../../functions/shared/genesys/token-endpoint.ts';
import type { FaultRule, GenesysFaultKind } from '../../../sandbox/faults/fault-rule.ts';
import { organization } from '../genesys-cloud/organization.ts';
import { faultWorld } from './fault-world.ts';

/** An organisation with a fault that is set after the first login, and the calls that the functions make to it. */
async function faultyGenesys(rule: FaultRule) {
  const org = await organization();
  const tokens = await org.firstTokens();
  const { faults, clock } = faultWorld({ refuseGenesys: () => org.cloud.refuseConnections() });
  const remove = org.cloud.intercept(faults.genesysInterceptor);
  onTestFinished(remove);
  faults.add(rule);
  const { clientId, clientSecret } = org.client;
  const { loginUrl, apiUrl } = org.cloud;
  const refresh = (timeoutMs = 5_000) =>
    refreshTokens(
      { clientId, clientSecret, refreshToken: tokens.refreshToken },
      { secretArn: 'arn:secret', loginUrl, timeoutMs, presentedBefore: false, now: () => new Date() },
    );
  const verify = (timeoutMs = 5_000) =>
    currentUserId(tokens.accessToken, { secretArn: 'arn:secret', apiUrl, timeoutMs });
  const during = <Result>(functionName: string, run: () => Promise<Result>) =>
    faults.invocationInterceptor(
      { functionName, functionArn: 'arn', payload: {}, requestId: 'request-1' },
      async () => ({ payload: await run(), requestId: 'request-1' }),
    );
  return { org, faults, clock, refresh, verify, during };
}

describe('faults of Genesys Cloud', () => {
  it.each<[GenesysFaultKind, number, string]>([
    ['throttled', 0, 'GenesysRateLimited'],
    ['server-error', 0, 'GenesysUnavailable'],
    ['redirect', 0, 'GenesysUnavailable'],
    ['response-lost', 1, 'TokenResponseLost'],
    ['wrong-body', 1, 'TokenResponseLost'],
    ['empty-body', 1, 'TokenResponseLost'],
    ['huge-body', 1, 'TokenResponseLost'],
  ])(
    'at the token endpoint: %s spends %i tokens and makes a rotation throw %s',
    async (kind, spent, name) => {
      const { refresh, org } = await faultyGenesys({ target: 'genesys:token', kind, when: { nth: 1 } });

      await expect(refresh()).rejects.toMatchObject({ name });
      expect(org.cloud.counts().refreshes).toBe(spent);
    },
  );

  it.each<[GenesysFaultKind, number]>([
    ['hang', 0],
    ['hang-after', 1],
  ])(
    'at the token endpoint: %s spends %i tokens and lasts until the client times out',
    async (kind, spent) => {
      const { refresh, org } = await faultyGenesys({ target: 'genesys:token', kind });

      await expect(refresh(50)).rejects.toMatchObject({ name: 'TokenResponseLost' });
      expect(org.cloud.counts().refreshes).toBe(spent);
    },
  );

  it.each<[GenesysFaultKind, string]>([
    ['throttled', 'GenesysRateLimited'],
    ['server-error', 'GenesysUnavailable'],
    ['redirect', 'GenesysUnavailable'],
    ['response-lost', 'GenesysUnavailable'],
    ['wrong-body', 'GenesysUnavailable'],
    ['empty-body', 'GenesysUnavailable'],
    ['huge-body', 'GenesysUnavailable'],
    ['hang', 'GenesysUnavailable'],
    ['hang-after', 'GenesysUnavailable'],
  ])('at the API: %s makes a rotation throw %s, once', async (kind, name) => {
    const { verify } = await faultyGenesys({ target: 'genesys:users/me', kind, when: { nth: 1 } });

    await expect(verify(kind.startsWith('hang') ? 50 : 5_000)).rejects.toMatchObject({ name });
    await expect(verify()).resolves.toEqual(expect.any(String));
  });

  it.each([
    [
      'throttled',
      429,
      {
        code: 'too.many.requests',
        message: 'Rate limit exceeded the maximum [300] requests within [60] seconds',
      },
    ],
    ['server-error', 503, { code: 'service.unavailable' }],
  ] as const)("return %s with Genesys Cloud's error body", async (kind, status, body) => {
    const { org } = await faultyGenesys({ target: 'genesys:tokens/me', kind });

    const response = await org.call('/api/v2/tokens/me', 'token');

    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe(kind === 'throttled' ? '30' : null);
    const error = (await response.json()) as { contextId: string };
    expect(error).toMatchObject({ ...body, status });
    expect(response.headers.get('inin-correlation-id')).toBe(error.contextId);
  });

  it("delay a response on the sandbox's clock", async () => {
    const { verify, faults, clock } = await faultyGenesys({
      target: 'genesys:*',
      kind: 'delay',
      ms: 3_600_000,
    });
    const injected = new Promise(resolve => faults.onInjected(resolve));

    const response = verify();
    await injected;
    clock.advance(3_600_000);

    await expect(response).resolves.toEqual(expect.any(String));
  });

  it('refuse TCP connections while the function that calls the endpoint runs', async () => {
    const { refresh, during, org } = await faultyGenesys({
      target: 'genesys:token',
      kind: 'connection-refused',
      when: { nth: 1 },
    });
    const probe = () => httpExchange(`${org.cloud.loginUrl}/oauth/token`, {}, 5_000);

    const during1 = await during('tokens-refresh', async () => [
      await probe(),
      await refresh().catch(error => error),
    ]);
    const after = await probe();
    const during2 = await during('tokens-refresh', probe);

    expect(during1.payload).toMatchObject([
      { kind: 'not-sent', reason: 'ECONNREFUSED' },
      { name: 'GenesysUnavailable' },
    ]);
    expect(after).toMatchObject({ kind: 'responded', status: 405 });
    expect(during2.payload).toMatchObject({ kind: 'responded', status: 405 });
  });

  it('refuse connections of the function in `by`, and of no other', async () => {
    const { during, verify, faults } = await faultyGenesys({
      target: 'genesys:token',
      kind: 'connection-refused',
      by: 'verify',
    });
    const outcome = (): Promise<string> => verify().catch((error: Error) => error.name);

    const { payload: refused } = await during('tokens-verify', outcome);
    const { payload: accepted } = await during('tokens-refresh', outcome);

    expect(refused).toBe('GenesysUnavailable');
    expect(accepted).toMatch(/^[0-9a-f-]{36}$/);
    expect(faults.injected()).toMatchObject([
      { target: 'genesys', by: 'verify', kind: 'connection-refused' },
    ]);
  });
});
