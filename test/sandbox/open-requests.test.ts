import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { OpenRequests } from '../../sandbox/open-requests.ts';

/** A connection of a client with this port. */
function connection(port: number): Socket {
  return Object.defineProperty(new Socket(), 'remotePort', { value: port });
}

/** Work that runs until `end` is called. */
function work() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { run: () => promise, end: () => resolve() };
}

describe('the open requests', () => {
  it('are separate for two servers whose clients have the same port', async () => {
    const requests = new OpenRequests();
    const [first, second] = [work(), work()];
    const states: unknown[] = [];
    const note = (): void => void states.push([requests.busy, requests.stateOf(4711)]);

    const servingFirst = requests.serve(connection(4711), first.run);
    const servingSecond = requests.serve(connection(4711), () => requests.wait(second.run));
    note();
    first.end();
    await servingFirst;
    note();
    second.end();
    await servingSecond;
    note();

    expect(states).toStrictEqual([
      [true, 'busy'],
      [false, 'waiting'],
      [false, 'unknown'],
    ]);
  });

  it('end only with their own connection', async () => {
    const requests = new OpenRequests();
    const connections = [connection(4711), connection(4711)] as const;
    const pending = connections.map(socket => requests.serve(socket, () => requests.untilClientGone()));

    connections[0].emit('close');
    await pending[0];
    const withOneOpen = requests.stateOf(4711);
    connections[1].emit('close');
    await pending[1];

    expect(withOneOpen).toBe('waiting');
    expect(requests.stateOf(4711)).toBe('unknown');
  });
});
