import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RedirectServer, redirectUriOf } from '../../cli/authorize/redirect-server.ts';
import { CliError } from '../../cli/shared/cli-error.ts';
import { closeNow, listenOnLoopback } from '../../sandbox/loopback-server.ts';
import { freePort } from './authorize-world.ts';

/** A server that is closed after the test. */
async function openServer() {
  const port = await freePort();
  const server = await RedirectServer.open(port, 'some-state');
  onTestFinished(() => server.close());
  return { server, port, redirectUri: redirectUriOf(port) };
}

const NEVER = new AbortController().signal;

describe('RedirectServer', () => {
  it('returns the parameters of the redirect, and shows none of them on the page', async () => {
    const { server, redirectUri } = await openServer();

    const redirect = server.waitForRedirect(NEVER);
    const page = await fetch(`${redirectUri}?code=some-code&state=some-state`);
    const parameters = await redirect;

    expect(Object.fromEntries(parameters)).toEqual({ code: 'some-code', state: 'some-state' });
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await page.text()).not.toMatch(/some-(code|state)/);
  });

  it('serves a styled page that may not load or run anything', async () => {
    const { redirectUri } = await openServer();

    const page = await fetch(redirectUri);

    const [, style = ''] = /<style>(.*)<\/style>/s.exec(await page.text()) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; base-uri 'none'`,
    );
    expect(style).toContain('light-dark(');
    expect(style).not.toMatch(/url\(|@import/);
  });

  it.each([
    ['another path', 'GET', '/?code=c&state=some-state', 404],
    ['a path that is not a URL', 'GET', '//?code=c&state=some-state', 404],
    ['another method', 'POST', '/callback?code=c&state=some-state', 405],
    ['another state', 'GET', '/callback?code=c&state=another', 400],
    ['no state', 'GET', '/callback?code=c', 400],
  ])('refuses %s and keeps waiting', async (_what, method, target, status) => {
    const { server, port, redirectUri } = await openServer();

    const redirect = server.waitForRedirect(NEVER);
    const refused = await fetch(`http://127.0.0.1:${port}${target}`, { method });
    await fetch(`${redirectUri}?code=right&state=some-state`);
    const parameters = await redirect;

    expect(refused.status).toBe(status);
    expect(parameters.get('code')).toBe('right');
  });

  it('accepts only one redirect', async () => {
    const { server, redirectUri } = await openServer();

    const redirect = server.waitForRedirect(NEVER);
    await fetch(`${redirectUri}?code=first&state=some-state`);
    const second = await fetch(`${redirectUri}?code=second&state=some-state`);
    const parameters = await redirect;

    expect(second.status).toBe(400);
    expect(parameters.get('code')).toBe('first');
  });

  it('stops waiting when the signal is aborted', async () => {
    const { server } = await openServer();
    const controller = new AbortController();

    const redirect = server.waitForRedirect(controller.signal);
    controller.abort(new Error('enough'));

    await expect(redirect).rejects.toThrow('enough');
  });

  it('releases the port when it is closed', async () => {
    const { server, redirectUri } = await openServer();

    await server.close();

    await expect(fetch(redirectUri)).rejects.toThrow();
  });

  it('refuses a port that is in use', async () => {
    const port = await freePort();
    const other = createServer();
    await listenOnLoopback(other, port);
    onTestFinished(() => closeNow(other));

    await expect(RedirectServer.open(port, 'some-state')).rejects.toBeInstanceOf(CliError);
  });
});
