import { describe, expect, it, vi } from 'vitest';
import {
  GenesysConnectionDropped,
  type GenesysInterceptor,
  type InterceptedRequest,
} from '../../../sandbox/genesys-cloud/interceptor.ts';
import { organization } from './organization.ts';

describe('interceptor', () => {
  it('receives endpoint, method, client and grant of each request', async () => {
    const org = await organization();
    const requests: InterceptedRequest[] = [];
    org.cloud.intercept((request, next) => {
      requests.push(request);
      return next();
    });
    const { clientId } = org.client;

    const { accessToken } = await org.firstTokens();
    await org.usersMeStatus(accessToken);
    await org.call('/api/v2/tokens/me', 'unknown', 'HEAD');

    expect(requests).toEqual([
      { endpoint: 'authorize', method: 'GET', clientId },
      { endpoint: 'authorize', method: 'POST', clientId },
      { endpoint: 'token', method: 'POST', clientId, grantType: 'authorization_code' },
      { endpoint: 'users/me', method: 'GET', clientId },
      { endpoint: 'tokens/me', method: 'HEAD' },
    ]);
  });

  it('replaces a response, and prevents the effect if it does not call next', async () => {
    const org = await organization();
    const { refreshToken } = await org.firstTokens();
    const remove = org.cloud.intercept(async () => ({
      status: 503,
      headers: { 'Content-Type': 'text/html', 'Retry-After': '7' },
      body: '<html>Bad gateway</html>',
    }));

    const replaced = await org.refresh(refreshToken);
    remove();

    expect(replaced.status).toBe(503);
    expect(replaced.headers.get('retry-after')).toBe('7');
    expect(replaced.headers.get('inin-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await replaced.text()).toBe('<html>Bad gateway</html>');
    expect((await org.refresh(refreshToken)).status).toBe(200);
  });

  it('prevents the effect when it drops the connection before it calls next', async () => {
    const org = await organization();
    const { refreshToken } = await org.firstTokens();
    const remove = org.cloud.intercept(async () => {
      throw new GenesysConnectionDropped();
    });

    await expect(org.refresh(refreshToken)).rejects.toThrow();
    remove();

    expect((await org.refresh(refreshToken)).status).toBe(200);
  });

  it('loses the response and keeps the effect when it drops the connection after it calls next', async () => {
    const org = await organization();
    const { refreshToken } = await org.firstTokens();
    const remove = org.cloud.intercept(async (_, next) => {
      await next();
      throw new GenesysConnectionDropped();
    });

    await expect(org.refresh(refreshToken)).rejects.toThrow();
    remove();

    expect(org.cloud.counts().refreshes).toBe(1);
    expect((await org.refresh(refreshToken)).status).toBe(400);
  });

  it("delays a response on the sandbox's clock, after the effect", async () => {
    const org = await organization();
    const { refreshToken } = await org.firstTokens();
    const reached = Promise.withResolvers<void>();
    org.cloud.intercept(async (_, next) => {
      const response = await next();
      const slept = org.clock.sleep(3_600_000);
      reached.resolve();
      await slept;
      return response;
    });

    const refreshing = org.refresh(refreshToken);
    await reached.promise;
    const refreshesDuringDelay = org.cloud.counts().refreshes;
    org.clock.advance(3_600_000);

    expect(refreshesDuringDelay).toBe(1);
    expect((await refreshing).status).toBe(200);
  });

  it('runs inside earlier ones', async () => {
    const org = await organization();
    const order: string[] = [];
    const named =
      (name: string): GenesysInterceptor =>
      async (_, next) => {
        order.push(`${name} before`);
        const response = await next();
        order.push(`${name} after`);
        return response;
      };
    org.cloud.intercept(named('outer'));
    org.cloud.intercept(named('inner'));

    await org.refresh('unknown');

    expect(order).toEqual(['outer before', 'inner before', 'inner after', 'outer after']);
  });

  it('returns 500 and warns when an interceptor throws', async () => {
    const org = await organization();
    const emitWarning = vi.spyOn(process, 'emitWarning').mockReturnValue();
    org.cloud.intercept(async () => {
      throw new TypeError('faulty on purpose');
    });

    const response = await org.refresh('unknown');

    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: 'internal.server.error' });
    expect(emitWarning).toHaveBeenCalledWith(new TypeError('faulty on purpose'));
  });
});
