import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RefusablePort } from '../../../sandbox/genesys-cloud/refusable-port.ts';

/** A listening port. Requests for `/slow` get their response when `respond` is called. */
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
  return { listener, port, get, attempt, arrived: arrived.promise, respond: slow.resolve };
}

describe('a port that can refuse connections', () => {
  it('refuses connections until every refusal has ended, and keeps its number', async () => {
    const { listener, attempt } = await openPort();
    const results: string[] = [await attempt()];

    const first = listener.refuse();
    const second = listener.refuse();
    results.push(await attempt());
    await first();
    await first();
    results.push(await attempt());
    await second();
    results.push(await attempt());

    expect(results).toStrictEqual(['quick', 'ECONNREFUSED', 'ECONNREFUSED', 'quick']);
  });

  it('completes an accepted request', async () => {
    const { listener, get, attempt, arrived, respond } = await openPort();
    const accepted = get('/slow');
    await arrived;

    const accept = listener.refuse();
    const refused = await attempt();
    respond();

    expect(refused).toBe('ECONNREFUSED');
    await expect(accepted).resolves.toBe('slow');
    await accept();
  });

  it('keeps refusing when a new refusal begins while it reopens', async () => {
    const { listener, attempt } = await openPort();

    const opening = listener.refuse()();
    const again = listener.refuse();
    await opening;
    const results = [await attempt()];
    await again();
    results.push(await attempt());

    expect(results).toStrictEqual(['ECONNREFUSED', 'quick']);
  });

  it('is closed permanently, even while it reopens', async () => {
    const { listener, attempt } = await openPort();
    const accept = listener.refuse();

    const opening = accept();
    await listener.close();
    await opening;

    expect(await attempt()).toBe('ECONNREFUSED');
  });
});
