import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Overview } from '../../../sandbox/console/views.ts';
import { type ConsoleWorld, consoleWorld } from './console-world.ts';

/** Reads the stream as the page does. */
interface StreamReader {
  /** The response's media type. */
  readonly type: string | null;
  /** The next overview that matches; earlier ones are skipped. */
  readonly overview: (matches?: (overview: Overview) => boolean) => Promise<Overview>;
  /** The next comment. */
  readonly comment: () => Promise<string>;
  /** Disconnects. */
  readonly disconnect: () => void;
}

/** Connects to the stream as the page does. */
async function connect({ url, token }: Pick<ConsoleWorld, 'url' | 'token'>): Promise<StreamReader> {
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const response = await fetch(`${url}/stream?token=${token}`, { signal: gone.signal });
  const reader = (response.body ?? new ReadableStream<Uint8Array>())
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let text = '';
  const block = async (matches: (block: string) => boolean): Promise<string> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const next = text.slice(0, end);
        text = text.slice(end + 2);
        if (matches(next)) return next;
        continue;
      }
      const { done, value } = await reader.read();
      if (done) throw new Error('The stream has ended.');
      text += value;
    }
  };
  return {
    type: response.headers.get('content-type'),
    overview: async (matches = () => true) => {
      for (;;) {
        const [name, data = ''] = (await block(each => each.startsWith('event: '))).split('\n');
        expect(name).toBe('event: overview');
        const overview = JSON.parse(data.slice('data: '.length)) as Overview;
        if (matches(overview)) return overview;
      }
    },
    comment: () => block(each => each.startsWith(':')),
    disconnect: () => gone.abort(),
  };
}

describe('the stream', () => {
  it('sends the overview at once', async () => {
    const world = await consoleWorld();
    await world.credential();

    const stream = await connect(world);

    expect(stream.type).toBe('text/event-stream; charset=utf-8');
    expect(await stream.overview()).toEqual(await world.overview());
    await expect(world.opened).resolves.toBeUndefined();
  });

  it('sends two pages the same overviews, until a rotation ends', async () => {
    const world = await consoleWorld({ virtualTime: false });
    const { secretArn } = await world.credential();
    const first = await connect(world);
    const second = await connect(world);
    const isRunning = ({ executions }: Overview): boolean => executions[0]?.status === 'RUNNING';
    const isOver = ({ executions, credentials }: Overview): boolean =>
      executions[0]?.status === 'SUCCEEDED' && credentials[0]?.rotation.status === 'idle';

    await world.post('/secrets/rotate', { secretArn });
    const running = await first.overview(isRunning);
    const last = await Promise.all([first.overview(isOver), second.overview(isOver)]);

    expect(running.executions[0]?.lastEventId).toBeLessThan(last[0].executions[0]?.lastEventId ?? 0);
    expect(last[0]).toEqual(last[1]);
  });

  it.each([
    ['a fault is set', '/faults', { text: 'kms:Decrypt=throttled' }],
    ['the clock is advanced', '/clock/advance', { ms: 60_000 }],
  ])('sends another overview when %s', async (_what, target, body) => {
    const world = await consoleWorld();
    const stream = await connect(world);
    const before = await stream.overview();

    await world.post(target, body);

    const after = await stream.overview();
    expect(after).not.toEqual(before);
    expect(after).toEqual(await world.overview());
  });

  it('sends changes that no call caused, such as a revoked login', async () => {
    const world = await consoleWorld();
    const { clientId } = await world.credential();
    const stream = await connect(world);
    const { credentials } = await stream.overview();

    const [lineage] = world.sandbox.genesysCloud.lineages(clientId);
    world.sandbox.genesysCloud.revokeLineage(lineage?.id ?? '');

    const after = await stream.overview(overview => overview.credentials[0]?.consumer.works === false);
    expect(credentials[0]?.consumer.works).toBe(true);
    expect(after.credentials[0]?.lineages[0]?.isLive).toBe(false);
  });

  it('sends a comment every 15 s, and stops when its pages disconnect', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const world = await consoleWorld();
    const first = await connect(world);
    const second = await connect(world);
    await Promise.all([first.overview(), second.overview()]);
    const timerCount = vi.getTimerCount();

    vi.advanceTimersByTime(15_000);
    const comments = await Promise.all([first.comment(), second.comment()]);
    first.disconnect();
    second.disconnect();

    expect(comments).toEqual([': keep-alive', ': keep-alive']);
    // One for the comments of each page, and one to poll for changes.
    expect(timerCount).toBe(3);
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0), { interval: 20 });
  });

  it('ends when the server is closed', async () => {
    const world = await consoleWorld();
    const stream = await connect(world);
    await stream.overview();

    await world.close();

    await expect(stream.overview()).rejects.toThrow();
  });
});
