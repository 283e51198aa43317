import { describe, expect, it } from 'vitest';
import { pageRoute } from '../../../sandbox/console/page-files.ts';
import { type ControlRequest, jsonRequest, send } from '../control/control-client.ts';
import { type ConsoleWorld, consoleWorld, folderWith, PAGE_FILES } from './console-world.ts';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:genesys-token-rotation:x';

/** Each route of the console, with a request that it accepts. */
const ROUTES: readonly (readonly [string, ControlRequest])[] = [
  ['/', {}],
  ['/index.html', {}],
  ['/main.js', {}],
  ['/state-machine', {}],
  ['/overview', {}],
  ['/stream', {}],
  ['/executions/x/events', {}],
  ['/secrets/rotate', jsonRequest({ secretArn: ARN })],
  ['/secrets/authorize', jsonRequest({ secretArn: ARN })],
  ['/secrets/revoke', jsonRequest({ secretArn: ARN })],
  ['/executions/redrive', jsonRequest({ executionArn: ARN })],
  ['/executions/stop', jsonRequest({ executionArn: ARN })],
  ['/faults', jsonRequest({ text: 'kms:Decrypt=hang' })],
  ['/clock/advance', jsonRequest({ ms: 1 })],
];

const FOREIGN: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['a foreign host name', { host: 'evil.example' }],
  ['another port', { host: '127.0.0.1:1' }],
  ['another origin', { origin: 'http://evil.example' }],
  ['the origin null', { origin: 'null' }],
  ['another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
];

/** Sends the request of a route with additional headers; returns the status, and whether the body reveals anything. */
async function statusOf({ send }: ConsoleWorld, [target, sent]: (typeof ROUTES)[number], headers: object) {
  const { status, text } = await send(target, { ...sent, headers: { ...sent.headers, ...headers } });
  return { target, status, leaks: text.includes('genesys-token-rotation') };
}

describe('the console', () => {
  it.each(FOREIGN)('refuses every request from %s', async (_what, headers) => {
    const world = await consoleWorld();
    const before = world.sandbox.callLog.calls().length;
    const beforeMs = world.sandbox.clock.nowMs();

    const responses = await Promise.all(ROUTES.map(route => statusOf(world, route, headers)));

    expect(responses).toEqual(ROUTES.map(([target]) => ({ target, status: 403, leaks: false })));
    expect(world.sandbox.callLog.calls()).toHaveLength(before);
    expect(world.sandbox.clock.nowMs()).toBe(beforeMs);
    expect(world.sandbox.faults.rules()).toEqual([]);
  });

  it('serves only the files of the page without the token', async () => {
    const world = await consoleWorld();
    const before = world.sandbox.callLog.calls().length;
    const beforeMs = world.sandbox.clock.nowMs();

    const responses = await Promise.all(
      ROUTES.map(async ([target, sent]) => {
        const { status, text } = await send(world.url, target, sent);
        return { target, status, leaks: text.includes('genesys-token-rotation') };
      }),
    );

    const files = ['/', '/index.html', '/main.js'];
    expect(responses).toEqual(
      ROUTES.map(([target]) => ({ target, status: files.includes(target) ? 200 : 401, leaks: false })),
    );
    expect(world.sandbox.callLog.calls()).toHaveLength(before);
    expect(world.sandbox.clock.nowMs()).toBe(beforeMs);
    expect(world.sandbox.faults.rules()).toEqual([]);
  });

  it.each(ROUTES.filter(([, { method }]) => method === 'POST').map(([target]) => target))(
    'refuses form data at %s, because any page can submit a form',
    async target => {
      const world = await consoleWorld();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };

      expect(await world.send(target, { method: 'POST', headers, body: 'secretArn=x' })).toMatchObject({
        status: 415,
      });
    },
  );

  it.each([
    ['/', 'text/html; charset=utf-8', PAGE_FILES['index.html']],
    ['/?execution=x', 'text/html; charset=utf-8', PAGE_FILES['index.html']],
    ['/main.js', 'text/javascript; charset=utf-8', PAGE_FILES['main.js']],
    ['/main.css', 'text/css; charset=utf-8', PAGE_FILES['main.css']],
  ])('serves %s with headers that forbid foreign content and framing', async (target, type, content) => {
    const world = await consoleWorld();

    const { status, headers, text } = await world.send(target);

    expect({ status, text }).toEqual({ status: 200, text: content });
    expect(headers).toMatchObject({
      'content-type': type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy':
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    });
  });

  it.each([
    '/../secret.js',
    '/..%2fsecret.js',
    '/%2e%2e/secret.js',
    '/..\\secret.js',
    '/./../secret.js',
    '//secret.js',
    '/main.js/../../secret.js',
    '/%00',
    '/link.js',
    '/below/secret.js',
    '/constructor',
    '/__proto__',
    '/nothing.js',
  ])('does not serve %s', async target => {
    const world = await consoleWorld();

    const { status, text } = await world.send(target);

    expect({ status, body: JSON.parse(text) }).toEqual({
      status: 404,
      body: { error: `There is no GET ${target}.` },
    });
  });

  it.each([
    ['no index.html', { 'main.js': '' }, /^There is no index\.html in /],
    ['a file of an unsupported type', { 'index.html': '', '.env': '' }, /^The type of the file \.env in /],
  ])('does not start with %s', (_what, files, message) => {
    expect(() => pageRoute(folderWith(files))).toThrow(message);
  });
});
