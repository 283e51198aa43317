import { describe, expect, it, onTestFinished } from 'vitest';
import { CloudTrail } from '../../../sandbox/cloudtrail/cloudtrail.ts';
import { ControlServer } from '../../../sandbox/control/control-server.ts';
import { controlRoutes } from '../../../sandbox/control/routes.ts';
import type { Faults } from '../../../sandbox/faults/faults.ts';
import { faultWorld } from '../faults/fault-world.ts';
import {
  type ControlRequest,
  jsonRequest,
  sendForJson,
  send as sendRaw,
  withToken,
} from './control-client.ts';

/** A control API, and `send`, which sends its token and can set any header. */
async function control() {
  const { clock, faults } = faultWorld();
  const cloudTrail = new CloudTrail(clock);
  const advance = async (ms: number): Promise<void> => clock.advance(ms);
  const server = new ControlServer(controlRoutes({ clock, faults, cloudTrail, advance }));
  await server.listen();
  onTestFinished(() => server.close());

  const send = (path: string, sent?: ControlRequest) =>
    sendForJson(server.url, path, withToken(server.token, sent));
  const sendJson = (path: string, body: unknown) => send(path, jsonRequest(body));
  return { clock, faults, cloudTrail, server, send, sendJson };
}

const RULE = { target: 'secretsmanager:GetSecretValue', kind: 'throttled', when: { nth: 1 } };

describe('the control API', () => {
  it('adds, lists and removes faults', async () => {
    const { send, sendJson, faults } = await control();

    const added = await sendJson('/faults', RULE);
    const addedText = await sendJson('/faults', { text: 'lambda:refresh=crash-after,share=0.5' });
    const listed = await send('/faults');
    const removed = [
      await send('/faults/1', { method: 'DELETE' }),
      await send('/faults/1', { method: 'DELETE' }),
    ];
    const left = faults.rules().map(({ id }) => id);
    const cleared = await send('/faults', { method: 'DELETE' });

    const first = { id: 1, rule: RULE, text: 'secretsmanager:GetSecretValue=throttled,nth=1', injected: 0 };
    expect(added).toStrictEqual({ status: 201, body: first });
    expect(addedText).toMatchObject({
      status: 201,
      body: { id: 2, text: 'lambda:refresh=crash-after,share=0.5' },
    });
    expect(listed).toMatchObject({ status: 200, body: [first, { id: 2 }] });
    expect(removed).toStrictEqual([
      { status: 204, body: undefined },
      { status: 404, body: { error: 'There is no fault 1.' } },
    ]);
    expect(left).toStrictEqual([2]);
    expect(cleared.status).toBe(204);
    expect(faults.rules()).toStrictEqual([]);
  });

  it.each([
    ['an unknown kind', { ...RULE, kind: 'explode' }, /no kind "explode"/],
    ['an unknown member', { ...RULE, often: true }, /often/],
    ['a text that is not a rule', { text: 'nonsense' }, /must have the form <target>=<kind>/],
    ['no body', undefined, /Bad fault/],
  ])('refuses a fault with %s', async (_what, body, message) => {
    const { sendJson, faults } = await control();

    const response = await sendJson('/faults', body);

    expect(response).toStrictEqual({ status: 400, body: { error: expect.stringMatching(message) } });
    expect(faults.rules()).toStrictEqual([]);
  });

  it('reports injected faults', async () => {
    const { send, sendJson, faults, clock } = await control();
    await sendJson('/faults', RULE);

    await callWithFault(faults);

    expect(await send('/injected')).toStrictEqual({
      status: 200,
      body: [
        {
          rule: 1,
          kind: 'throttled',
          target: 'secretsmanager:GetSecretValue',
          by: 'operator',
          requestId: 'request-1',
          at: clock.now().toISOString(),
        },
      ],
    });
  });

  it('returns the time and advances it', async () => {
    const { send, sendJson, clock } = await control();
    const startMs = clock.nowMs();

    const moved = await sendJson('/clock/advance', { ms: 3_600_000 });

    const expected = { now: new Date(startMs + 3_600_000).toISOString(), isVirtual: true };
    expect(moved).toStrictEqual({ status: 200, body: expected });
    expect(await send('/clock')).toStrictEqual({ status: 200, body: expected });
  });

  it.each([[{ ms: -1 }], [{ ms: 1.5 }], [{ ms: '1' }], [{ ms: 1e15 }], [{}], [undefined]])(
    'refuses to advance the clock by %j',
    async body => {
      const { sendJson, clock } = await control();
      const beforeMs = clock.nowMs();

      const { status } = await sendJson('/clock/advance', body);

      expect(status).toBe(400);
      expect(clock.nowMs()).toBe(beforeMs);
    },
  );

  it('lists the rotation events', async () => {
    const { send, cloudTrail } = await control();
    cloudTrail.record({
      name: 'RotationStarted',
      source: 'secretsmanager.amazonaws.com',
      requestId: 'request-1',
      resource: { type: 'AWS::SecretsManager::Secret', name: 'arn:secret' },
      additionalEventData: {},
    });

    expect(await send('/rotation-events')).toMatchObject({
      status: 200,
      body: [{ name: 'RotationStarted' }],
    });
  });

  it.each([
    ['a Host that is not a loopback name', { host: 'evil.example' }],
    ['a loopback Host with another port', { host: '127.0.0.1:1' }],
    ['another origin', { origin: 'http://evil.example' }],
    ['the origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['the origin null', { origin: 'null' }],
    ['an image on a page of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['a script on a page of another port', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }],
  ])('refuses a request with %s', async (_what, headers) => {
    const { send, faults } = await control();
    const json = { 'content-type': 'application/json', ...headers };

    const read = await send('/faults', { headers });
    const written = await send('/faults', { method: 'POST', headers: json, body: JSON.stringify(RULE) });

    expect([read.status, written.status]).toStrictEqual([403, 403]);
    expect(faults.rules()).toStrictEqual([]);
  });

  it.each([
    ['no token', '/faults', {}],
    ['an empty token', '/faults', { authorization: 'Bearer ' }],
    ['a wrong token', '/faults', { authorization: `Bearer ${'A'.repeat(43)}` }],
    ['a wrong token in the query', `/faults?token=${'A'.repeat(43)}`, {}],
    ['a token that is not a bearer token', '/faults', { authorization: 'Basic AAAA' }],
  ])('refuses every request with %s', async (_what, path, headers) => {
    const { server, faults, clock } = await control();
    const beforeMs = clock.nowMs();
    const json = { 'content-type': 'application/json', ...headers };
    const advance = path.replace('/faults', '/clock/advance');

    const responses = await Promise.all([
      sendRaw(server.url, path, { headers }),
      sendRaw(server.url, path, { method: 'POST', headers: json, body: JSON.stringify(RULE) }),
      sendRaw(server.url, path, { method: 'DELETE', headers }),
      sendRaw(server.url, advance, { method: 'POST', headers: json, body: '{"ms":1}' }),
    ]);

    expect(responses.map(({ status }) => status)).toStrictEqual([401, 401, 401, 401]);
    expect(responses.every(({ text }) => !text.includes(server.token))).toBe(true);
    expect(faults.rules()).toStrictEqual([]);
    expect(clock.nowMs()).toBe(beforeMs);
  });

  it('accepts the token in the query of GET requests only', async () => {
    const { server, faults } = await control();
    const { url, token } = server;

    const read = await sendForJson(url, `/faults?token=${token}`);
    const written = await sendForJson(url, `/faults?token=${token}`, jsonRequest(RULE));

    expect([read.status, written.status]).toStrictEqual([200, 401]);
    expect(faults.rules()).toStrictEqual([]);
  });

  it('has a new token at each start', async () => {
    const [first, second] = [await control(), await control()];

    const { status } = await sendForJson(second.server.url, '/clock', withToken(first.server.token));

    expect(status).toBe(401);
  });

  it("redirects a browser to the page only once, because others can read the browser's command line", async () => {
    const { server } = await control();
    const url = server.oneTimeUrl();
    const path = url.slice(server.url.length);

    const first = await sendRaw(server.url, path);
    const second = await sendRaw(server.url, path);

    expect(url).not.toContain(server.token);
    expect(first).toMatchObject({
      status: 303,
      headers: { location: `/?token=${server.token}`, 'cache-control': 'no-store' },
    });
    expect(second.status).toBe(401);
    expect(second.text).not.toContain(server.token);
  });

  it('accepts a link from another page', async () => {
    const { send } = await control();
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };

    expect(await send('/clock', { headers })).toMatchObject({ status: 200 });
  });

  it('accepts requests from its own origin, also under the name localhost', async () => {
    const { send, server } = await control();
    const host = `localhost:${new URL(server.url).port}`;

    const response = await send('/clock', { headers: { host, origin: `http://${host}` } });

    expect(response.status).toBe(200);
  });

  it.each([
    ['text/plain, which any page can send', 'text/plain', '{"ms":1}', 415],
    ['no content type', undefined, '{"ms":1}', 415],
    ['broken JSON', 'application/json', '{"ms":', 400],
    ['a body that is too long', 'application/json', `"${'x'.repeat(70_000)}"`, 413],
  ])('refuses %s', async (_what, type, body, status) => {
    const { send } = await control();
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };

    const response = await send('/clock/advance', { method: 'POST', headers, body });

    expect(response.status).toBe(status);
  });

  it.each([
    ['GET', '/nope'],
    ['PUT', '/faults'],
    ['GET', '/faults/1'],
    ['GET', '/clock?x=1'],
  ])('returns 404 for %s %s', async (method, path) => {
    const { send } = await control();

    expect(await send(path, { method })).toMatchObject({ status: 404 });
  });
});

/** Makes one call with a fault on GetSecretValue. */
async function callWithFault(faults: Faults): Promise<void> {
  const call = {
    service: 'secretsmanager',
    operation: 'GetSecretValue',
    input: {},
    caller: { accountId: '1', arn: 'arn:aws:iam::1:user/x', userId: 'x' },
    requestId: 'request-1',
  };
  await expect(faults.awsInterceptor(call, async () => ({}))).rejects.toThrow('Rate exceeded');
}
