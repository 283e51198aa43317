import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RefusablePort } from '../../../sandbox/genesys-cloud/refusable-port.ts';

/** A listening port; `slow` requests get their response when `response` is called. */
async function openPort() {
  const slow = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const listener = new RefusablePort(() =>
    createServer((request, response) => {
      if (request.url !== '/slow') response.end('quick');
      else {
        arrived.resolve();
        void slow.promise.then(() => response.end('slow'));
      }
    }),
  );
  const port = await listener.open(0);
  onTestFinished(() => listener.close());
  const get = async (path = '/'): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return await response.text();
  };
  const attempt = (): Promise<string> =>
    get().catch((error: Error) => (error.cause as { code: string }).code);
  return { listener, port, get, attempt, arrived: arrived.promise, response: slow.resolve };
}

describe('a listener that can be shut', () => {
  it('refuses connections until all who shut it have opened it, on the same port', async () => {
    const { listener, attempt } = await openPort();
    const seen: string[] = [await attempt()];

    const first = listener.refuse();
    const second = listener.refuse();
    seen.push(await attempt());
    await first();
    await first();
    seen.push(await attempt());
    await second();
    seen.push(await attempt());

    expect(seen).toStrictEqual(['quick', 'ECONNREFUSED', 'ECONNREFUSED', 'quick']);
  });

  it('completes an accepted request', async () => {
    const { listener, get, attempt, arrived, response } = await openPort();
    const taken = get('/slow');
    await arrived;

    const accept = listener.refuse();
    const refused = await attempt();
    response();

    expect(refused).toBe('ECONNREFUSED');
    await expect(taken).resolves.toBe('slow');
    await accept();
  });

  it('stays shut when it is shut again while it opens', async () => {
    const { listener, attempt } = await openPort();

    const opening = listener.refuse()();
    const again = listener.refuse();
    await opening;
    const seen = [await attempt()];
    await again();
    seen.push(await attempt());

    expect(seen).toStrictEqual(['ECONNREFUSED', 'quick']);
  });

  it('is closed for good, even while it opens', async () => {
    const { listener, attempt } = await openPort();
    const accept = listener.refuse();

    const opening = accept();
    await listener.close();
    await opening;

    expect(await attempt()).toBe('ECONNREFUSED');
  });
});
