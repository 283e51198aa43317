import { describe, expect, it } from 'vitest';
import { GenesysConnectionDropped } from '../../sandbox/genesys-cloud/interceptor.ts';
import { failureOf, statesOf } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

const HTML = { 'content-type': 'text/html' };
const JSON_TYPE = { 'content-type': 'application/json' };
const HUGE_BODY = JSON.stringify({ access_token: 'sentinel', padding: 'x'.repeat(300_000) });

/** Responses without tokens, the error, and whether Refresh presents the token again before it fails. */
const RESPONSES = [
  ['an HTML page', 200, HTML, '<html>sentinel</html>', 'TokenResponseLost', 'again'],
  ['an empty body', 200, JSON_TYPE, '', 'TokenResponseLost', 'again'],
  ['no access token', 200, JSON_TYPE, '{"refresh_token":"sentinel"}', 'TokenResponseLost', 'again'],
  ['a huge body', 200, JSON_TYPE, HUGE_BODY, 'TokenResponseLost', 'again'],
  ['a redirect', 302, { location: 'https://sentinel.example.com/' }, '', 'GenesysUnavailable', 'again'],
  ['an error page', 502, HTML, '<html>sentinel</html>', 'TokenResponseLost', 'again'],
  ['an overloaded server', 503, HTML, '<html>sentinel</html>', 'GenesysUnavailable', 'again'],
  ['a rate limit', 429, { 'retry-after': '30' }, '{}', 'GenesysRateLimited', 'again'],
  ['another refusal', 400, JSON_TYPE, '{"error":"unauthorized_client"}', 'ClientRejected', 'once'],
] as const;

describe('the response of the token endpoint to a refresh', () => {
  it('without tokens fails the rotation with the reason and changes nothing', async () => {
    const world = await rotationWorld({ secretsManager: { retryDelaysMs: [] } });
    const { sandbox } = world;
    const { secretArn } = await world.credential();

    const seen: unknown[] = [];
    for (const [what, status, headers, body] of RESPONSES) {
      const { secretArn: arn } = await world.credential({ secretName: what.replaceAll(' ', '-') });
      const before = await world.currentValue(arn);
      let presented = 0;
      const serveRefreshesAgain = sandbox.genesysCloud.intercept(async ({ grantType }, next) => {
        if (grantType !== 'refresh_token') return await next();
        presented++;
        return { status, headers, body };
      });
      const { versionId, execution } = await world.rotateUntilClosed(arn);
      serveRefreshesAgain();
      expect(await world.currentValue(arn), what).toEqual(before);
      expect((await world.labels(arn))[versionId], what).toEqual(['AWSPENDING']);
      expect(JSON.stringify(execution), what).not.toContain('sentinel');
      const failure = failureOf(execution);
      seen.push([
        what,
        typeof failure === 'string' ? failure : failure.error,
        presented === 1 ? 'once' : 'again',
      ]);
    }

    expect(seen).toEqual(RESPONSES.map(([what, , , , error, presented]) => [what, error, presented]));
    expect((await world.rotateUntilClosed(secretArn)).execution.status).toBe('SUCCEEDED');
  });

  it('is requested again when the connection drops before the refresh takes effect', async () => {
    const world = await rotationWorld();
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();
    const stop = sandbox.genesysCloud.intercept(async ({ grantType }, next) => {
      if (grantType !== 'refresh_token') return await next();
      stop();
      throw new GenesysConnectionDropped();
    });

    const { execution } = await world.rotateUntilClosed(secretArn);

    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution).at(-1)).toBe('Rotated');
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
  });

  it('leads to RefreshTokenRejected, with the reason, when the response with the tokens is lost', async () => {
    const world = await rotationWorld();
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();
    const stop = sandbox.genesysCloud.intercept(async ({ grantType }, next) => {
      const response = await next();
      if (grantType !== 'refresh_token') return response;
      stop();
      throw new GenesysConnectionDropped();
    });

    const { execution } = await world.rotateUntilClosed(secretArn);

    expect(failureOf(execution)).toMatchObject({
      state: 'Refresh',
      error: 'RefreshTokenRejected',
      message: expect.stringContaining('probably spent'),
    });
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 1 });
  });
});
