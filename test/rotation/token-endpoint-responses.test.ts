import { describe, expect, it } from 'vitest';
import { GenesysConnectionDropped } from '../../sandbox/genesys-cloud/interceptor.ts';
import { attemptsIn, failureOf, statesOf } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

const HTML = { 'content-type': 'text/html' };
const JSON_TYPE = { 'content-type': 'application/json' };
const HUGE_BODY = JSON.stringify({ access_token: 'sentinel', padding: 'x'.repeat(300_000) });

/** Answers that bring no tokens, the error's name, and how often Refresh was tried. */
const ANSWERS = [
  ['a page of HTML', 200, HTML, '<html>sentinel</html>', 'GenesysAnswerLost', 2],
  ['an empty body', 200, JSON_TYPE, '', 'GenesysAnswerLost', 2],
  ['no access token', 200, JSON_TYPE, '{"refresh_token":"sentinel"}', 'GenesysAnswerLost', 2],
  ['a huge body', 200, JSON_TYPE, HUGE_BODY, 'GenesysAnswerLost', 2],
  ['a redirect', 302, { location: 'https://sentinel.example.com/' }, '', 'GenesysUnavailable', 2],
  ['an error page', 502, HTML, '<html>sentinel</html>', 'GenesysUnavailable', 2],
  ['a rate limit', 429, { 'retry-after': '30' }, '{}', 'GenesysRateLimited', 2],
  ['another refusal', 400, JSON_TYPE, '{"error":"unauthorized_client"}', 'ClientRejected', 1],
] as const;

describe('what the token endpoint may answer to a refresh', () => {
  it('fails the rotation by name, and changes nothing, when it brings no tokens', async () => {
    const world = await rotationWorld();
    const { secretArn } = await world.credential();

    const seen: unknown[] = [];
    for (const [what, status, headers, body] of ANSWERS) {
      const { secretArn: arn } = await world.credential({ secretName: what.replaceAll(' ', '-') });
      const before = await world.currentValue(arn);
      const serveRefreshesAgain = world.refreshesAnswered({ status, headers, body });
      const { versionId, execution } = await world.rotateUntilClosed(arn);
      serveRefreshesAgain();
      expect(await world.currentValue(arn), what).toEqual(before);
      expect((await world.labels(arn))[versionId], what).toEqual(['AWSPENDING']);
      expect(JSON.stringify(execution), what).not.toContain('sentinel');
      const failure = failureOf(execution);
      seen.push([
        what,
        typeof failure === 'string' ? failure : failure.error,
        attemptsIn(execution, 'Refresh'),
      ]);
    }

    expect(seen).toEqual(ANSWERS.map(([what, , , , error, attempts]) => [what, error, attempts]));
    // The sandbox is as good as new after all of them.
    expect((await world.rotateUntilClosed(secretArn)).execution.status).toBe('SUCCEEDED');
  });

  it('is asked for once more when a connection dropped before the refresh had an effect', async () => {
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
    expect(attemptsIn(execution, 'Refresh')).toBe(2);
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
  });

  it('ends in RefreshTokenRejected, which says why, when the answer that brought the tokens was lost', async () => {
    const world = await rotationWorld();
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();
    const stop = sandbox.genesysCloud.intercept(async ({ grantType }, next) => {
      const answer = await next();
      if (grantType !== 'refresh_token') return answer;
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
