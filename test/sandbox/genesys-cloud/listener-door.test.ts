import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ListenerDoor } from '../../../sandbox/genesys-cloud/listener-door.ts';

/** An open door; `slow` requests get their response when `response` is called. */
async function openDoor() {
  const slow = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const door = new ListenerDoor(() =>
    createServer((request, response) => {
      if (request.url !== '/slow') response.end('quick');
      else {
        arrived.resolve();
        void slow.promise.then(() => response.end('slow'));
      }
    }),
  );
  const port = await door.open(0);
  onTestFinished(() => door.close());
  const get = async (path = '/'): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return await response.text();
  };
  const attempt = (): Promise<string> =>
    get().catch((error: Error) => (error.cause as { code: string }).code);
  return { door, port, get, attempt, arrived: arrived.promise, response: slow.resolve };
}

describe('a listener that can be shut', () => {
  it('refuses connections until all who shut it have opened it, on the same port', async () => {
    const { door, attempt } = await openDoor();
    const seen: string[] = [await attempt()];

    const first = door.refuse();
    const second = door.refuse();
    seen.push(await attempt());
    await first();
    await first();
    seen.push(await attempt());
    await second();
    seen.push(await attempt());

    expect(seen).toStrictEqual(['quick', 'ECONNREFUSED', 'ECONNREFUSED', 'quick']);
  });

  it('completes an accepted request', async () => {
    const { door, get, attempt, arrived, response } = await openDoor();
    const taken = get('/slow');
    await arrived;

    const accept = door.refuse();
    const refused = await attempt();
    response();

    expect(refused).toBe('ECONNREFUSED');
    await expect(taken).resolves.toBe('slow');
    await accept();
  });

  it('stays shut when it is shut again while it opens', async () => {
    const { door, attempt } = await openDoor();

    const opening = door.refuse()();
    const again = door.refuse();
    await opening;
    const seen = [await attempt()];
    await again();
    seen.push(await attempt());

    expect(seen).toStrictEqual(['ECONNREFUSED', 'quick']);
  });

  it('is closed for good, even while it opens', async () => {
    const { door, attempt } = await openDoor();
    const accept = door.refuse();

    const opening = accept();
    await door.close();
    await opening;

    expect(await attempt()).toBe('ECONNREFUSED');
  });
});
