import { type AddressInfo, createServer, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { httpExchange, responseLabel } from '../../../../functions/shared/genesys/http-exchange.ts';
import {
  cutOff,
  dropConnection,
  genesysServer,
  noResponse,
  partialResponse,
  respondWith,
} from '../../../helpers/genesys-server.ts';
import { expectNoSecrets } from '../../../helpers/no-secrets.ts';
import { SENTINELS } from '../../../helpers/secret-value.ts';
import { selfSignedCertificate } from '../../../helpers/self-signed-certificate.ts';

const MAX_BODY = 262_144;
const TIMEOUT_MS = 5_000;
const REQUEST = {
  method: 'POST',
  headers: { authorization: `Bearer ${SENTINELS.accessToken}` },
  body: new URLSearchParams({ refresh_token: SENTINELS.refreshToken }),
} as const;

/** Lets the test trigger the timeout instead of waiting for it. */
function manualTimeout(): AbortController {
  const time = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(time.signal);
  return time;
}

function triggerTimeout(time: AbortController): () => void {
  return () => time.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
}

describe('httpExchange', () => {
  const genesys = genesysServer();
  const rawServers: (() => Promise<void>)[] = [];

  afterEach(async () => {
    await Promise.all(rawServers.splice(0).map(close => close()));
  });

  /** Starts a server without HTTP and returns its port. */
  async function rawServer(onConnection: (socket: Socket) => void): Promise<number> {
    const sockets: Socket[] = [];
    const server = createServer(socket => {
      sockets.push(socket.on('error', () => {}));
      onConnection(socket);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    rawServers.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>(resolve => server.close(() => resolve()));
    });
    return (server.address() as AddressInfo).port;
  }

  async function closedPort(): Promise<number> {
    const port = await rawServer(() => {});
    await rawServers.pop()?.();
    return port;
  }

  it('returns the response with its status, body, correlation id and Retry-After', async () => {
    genesys.script(respondWith(429, { code: 'x' }, { 'ININ-Correlation-Id': 'corr-1', 'Retry-After': '17' }));

    const outcome = await httpExchange(`${genesys.url}/oauth/token`, REQUEST, TIMEOUT_MS);

    expect(outcome).toEqual({
      kind: 'responded',
      status: 429,
      body: '{"code":"x"}',
      correlationId: 'corr-1',
      retryAfter: '17',
    });
  });

  it.each(['x'.repeat(9_000), 'corr\u009b31m', 'corr id', 'corr"id'])(
    'drops a malformed correlation id: %j',
    async correlationId => {
      genesys.script(respondWith(503, {}, { 'inin-correlation-id': correlationId }));

      expect(await httpExchange(`${genesys.url}/api`, REQUEST, TIMEOUT_MS)).toMatchObject({
        kind: 'responded',
        correlationId: null,
      });
    },
  );

  it('ignores proxy variables', async () => {
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY']) {
      vi.stubEnv(name, 'http://127.0.0.1:9');
    }
    genesys.script(respondWith(200, {}));

    expect(await httpExchange(`${genesys.url}/api`, REQUEST, TIMEOUT_MS)).toMatchObject({ status: 200 });
  });

  it('sends method, headers and body unchanged', async () => {
    genesys.script(respondWith(200));

    await httpExchange(`${genesys.url}/oauth/token`, REQUEST, TIMEOUT_MS);

    expect(genesys.requests).toMatchObject([
      {
        method: 'POST',
        path: '/oauth/token',
        headers: { authorization: `Bearer ${SENTINELS.accessToken}` },
        body: `refresh_token=${SENTINELS.refreshToken}`,
      },
    ]);
  });

  it.each([200, 204, 301, 400, 401, 403, 429, 500, 503])(
    'returns a response with status %i',
    async status => {
      genesys.script(respondWith(status));

      const outcome = await httpExchange(genesys.url, REQUEST, TIMEOUT_MS);

      expect(outcome).toMatchObject({ kind: 'responded', status, correlationId: null, retryAfter: null });
      expect(genesys.requests).toHaveLength(1);
    },
  );

  it.each([301, 302, 303, 307, 308])('does not follow a redirect with status %i', async status => {
    genesys.script(respondWith(status, '', { location: `${genesys.url}/elsewhere` }));

    const outcome = await httpExchange(genesys.url, REQUEST, TIMEOUT_MS);

    expect(outcome).toMatchObject({ kind: 'responded', status });
    expect(genesys.requests).toHaveLength(1);
  });

  it('opens a connection for each request, because a kept-alive one may be closed', async () => {
    genesys.script(respondWith(200), respondWith(200));

    await httpExchange(genesys.url, REQUEST, TIMEOUT_MS);
    await httpExchange(genesys.url, REQUEST, TIMEOUT_MS);

    const [first, second] = genesys.requests;
    expect(first?.headers.connection).toBe('close');
    expect(second?.clientPort).not.toBe(first?.clientPort);
  });

  it('accepts a body of 256 KiB', async () => {
    genesys.script(respondWith(200, 'x'.repeat(MAX_BODY)));

    const outcome = await httpExchange(genesys.url, REQUEST, TIMEOUT_MS);

    expect(outcome).toMatchObject({ kind: 'responded', body: 'x'.repeat(MAX_BODY) });
  });

  it('reports a lost response when its body is larger than 256 KiB', async () => {
    genesys.script(respondWith(200, 'x'.repeat(MAX_BODY + 1)));

    const outcome = await httpExchange(genesys.url, REQUEST, TIMEOUT_MS);

    expect(outcome).toEqual({ kind: 'response-lost', reason: 'max-size' });
  });

  it('reports a lost response when it decompresses to more than 256 KiB', async () => {
    const packed = gzipSync('x'.repeat(MAX_BODY + 1));
    genesys.script(response => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed));

    const outcome = await httpExchange(genesys.url, REQUEST, TIMEOUT_MS);

    expect(outcome).toEqual({ kind: 'response-lost', reason: 'max-size' });
  });

  it('reports a lost response when it cannot be decompressed', async () => {
    genesys.script(response => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'));

    const outcome = await httpExchange(genesys.url, REQUEST, TIMEOUT_MS);

    expect(outcome).toEqual({ kind: 'response-lost', reason: 'Z_DATA_ERROR' });
  });

  it('reports a lost response when the connection drops after the request was sent', async () => {
    genesys.script(dropConnection);

    const outcome = await httpExchange(genesys.url, REQUEST, TIMEOUT_MS);

    expect(outcome).toEqual({ kind: 'response-lost', reason: 'ECONNRESET' });
    expect(genesys.requests).toHaveLength(1);
  });

  it('reports a lost response when the connection drops during its body', async () => {
    genesys.script(cutOff('{"access_token":"'));

    const outcome = await httpExchange(genesys.url, REQUEST, TIMEOUT_MS);

    expect(outcome).toMatchObject({ kind: 'response-lost' });
  });

  it('reports a lost response when none arrives in time', async () => {
    const time = manualTimeout();
    genesys.script(noResponse(triggerTimeout(time)));

    const outcome = await httpExchange(genesys.url, REQUEST, 1_234);

    expect(outcome).toEqual({ kind: 'response-lost', reason: 'no response within 1234 ms' });
    expect(AbortSignal.timeout).toHaveBeenCalledExactlyOnceWith(1_234);
  });

  it('reports a lost response when its body does not end in time', async () => {
    const time = manualTimeout();
    genesys.script(partialResponse('{"access_token":', triggerTimeout(time)));

    const outcome = await httpExchange(genesys.url, REQUEST, 1_234);

    expect(outcome).toEqual({ kind: 'response-lost', reason: 'no response within 1234 ms' });
  });

  it('reports a lost response when it is not HTTP', async () => {
    const port = await rawServer(socket => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));

    const outcome = await httpExchange(`http://127.0.0.1:${port}`, REQUEST, TIMEOUT_MS);

    expect(outcome).toMatchObject({ kind: 'response-lost' });
  });

  it('reports that nothing was sent when the connection is refused', async () => {
    const outcome = await httpExchange(`http://127.0.0.1:${await closedPort()}`, REQUEST, TIMEOUT_MS);

    expect(outcome).toEqual({ kind: 'not-sent', reason: 'ECONNREFUSED' });
  });

  it('reports that nothing was sent when every address of the host refuses', async () => {
    const outcome = await httpExchange(`http://localhost:${await closedPort()}`, REQUEST, TIMEOUT_MS);

    expect(outcome).toEqual({ kind: 'not-sent', reason: 'ECONNREFUSED' });
  });

  it('reports that nothing was sent when the server does not speak TLS', async () => {
    const url = genesys.url.replace('http:', 'https:');

    const outcome = await httpExchange(url, REQUEST, TIMEOUT_MS);

    expect(outcome).toMatchObject({ kind: 'not-sent' });
    expect(genesys.requests).toEqual([]);
  });

  it('reports that nothing was sent when the connection drops during the TLS handshake', async () => {
    const port = await rawServer(socket => socket.once('data', () => socket.destroy()));

    const outcome = await httpExchange(`https://127.0.0.1:${port}`, REQUEST, TIMEOUT_MS);

    expect(outcome).toMatchObject({ kind: 'not-sent' });
  });

  it('reports that nothing was sent when the TLS handshake times out', async () => {
    const time = manualTimeout();
    const port = await rawServer(socket => socket.once('data', triggerTimeout(time)));

    const outcome = await httpExchange(`https://127.0.0.1:${port}`, REQUEST, 1_234);

    expect(outcome).toEqual({ kind: 'not-sent', reason: 'no connection within 1234 ms' });
  });

  describe('over TLS', () => {
    const certificate = selfSignedCertificate();
    const trusted = getCACertificates('default');
    const secure = genesysServer(certificate);

    afterEach(() => {
      setDefaultCACertificates(trusted);
    });

    it('returns the response of a server with a trusted certificate', async () => {
      setDefaultCACertificates([certificate.cert]);
      secure.script(respondWith(200, { access_token: 'x' }));

      const outcome = await httpExchange(secure.url, REQUEST, TIMEOUT_MS);

      expect(outcome).toMatchObject({ kind: 'responded', status: 200, body: '{"access_token":"x"}' });
    });

    it('reports a lost response when the connection drops after the request was sent', async () => {
      setDefaultCACertificates([certificate.cert]);
      secure.script(dropConnection);

      const outcome = await httpExchange(secure.url, REQUEST, TIMEOUT_MS);

      expect(outcome).toEqual({ kind: 'response-lost', reason: 'ECONNRESET' });
    });

    it('sends nothing to a server whose certificate is not trusted', async () => {
      const outcome = await httpExchange(secure.url, REQUEST, TIMEOUT_MS);

      expect(outcome).toEqual({ kind: 'not-sent', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
      expect(secure.requests).toEqual([]);
    });

    it('sends nothing to a server whose certificate is for another host', async () => {
      setDefaultCACertificates([certificate.cert]);

      const outcome = await httpExchange(secure.url.replace('127.0.0.1', 'localhost'), REQUEST, TIMEOUT_MS);

      expect(outcome).toEqual({ kind: 'not-sent', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' });
      expect(secure.requests).toEqual([]);
    });
  });

  it('puts no secret into the reason', async () => {
    genesys.script(dropConnection, cutOff(`{"access_token":"${SENTINELS.newAccessToken}"`));

    const outcomes = [
      await httpExchange(`${genesys.url}/?t=${SENTINELS.accessToken}`, REQUEST, TIMEOUT_MS),
      await httpExchange(`${genesys.url}/?t=${SENTINELS.accessToken}`, REQUEST, TIMEOUT_MS),
      await httpExchange(`http://127.0.0.1:${await closedPort()}`, REQUEST, TIMEOUT_MS),
    ];

    expectNoSecrets(outcomes);
  });
});

describe('responseLabel', () => {
  const RESPONSE = {
    kind: 'responded',
    status: 503,
    body: SENTINELS.newAccessToken,
    retryAfter: null,
  } as const;

  it('names the status and the correlation id, but not the body', () => {
    expect(responseLabel({ ...RESPONSE, correlationId: 'corr-1' })).toBe('HTTP 503, correlation id corr-1');
  });

  it('names only the status when there is no correlation id', () => {
    expect(responseLabel({ ...RESPONSE, correlationId: null })).toBe('HTTP 503');
  });
});
