import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Overview } from '../../../sandbox/console/views.ts';
import { type ConsoleWorld, consoleWorld } from './console-world.ts';

/** What a page receives from the stream. */
interface Heard {
  /** The response's media type. */
  readonly type: string | null;
  /** The next overview for which `is` holds; those before it are passed over. */
  readonly overview: (is?: (overview: Overview) => boolean) => Promise<Overview>;
  /** The next comment. */
  readonly comment: () => Promise<string>;
  /** Goes away. */
  readonly leave: () => void;
}

/** Listens to the stream as the page does. */
async function listen({ url, token }: Pick<ConsoleWorld, 'url' | 'token'>): Promise<Heard> {
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const response = await fetch(`${url}/stream?token=${token}`, { signal: gone.signal });
  const reader = (response.body ?? new ReadableStream<Uint8Array>())
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let text = '';
  const block = async (is: (block: string) => boolean): Promise<string> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const next = text.slice(0, end);
        text = text.slice(end + 2);
        if (is(next)) return next;
        continue;
      }
      const { done, value } = await reader.read();
      if (done) throw new Error('The stream has ended.');
      text += value;
    }
  };
  return {
    type: response.headers.get('content-type'),
    overview: async (is = () => true) => {
      for (;;) {
        const [name, data = ''] = (await block(each => each.startsWith('event: '))).split('\n');
        expect(name).toBe('event: overview');
        const overview = JSON.parse(data.slice('data: '.length)) as Overview;
        if (is(overview)) return overview;
      }
    },
    comment: () => block(each => each.startsWith(':')),
    leave: () => gone.abort(),
  };
}

describe('the stream', () => {
  it('sends the overview at once', async () => {
    const world = await consoleWorld();
    await world.credential();

    const stream = await listen(world);

    expect(stream.type).toBe('text/event-stream; charset=utf-8');
    expect(await stream.overview()).toEqual(await world.overview());
    await expect(world.opened).resolves.toBeUndefined();
  });

  it('follows a rotation to its end, for two pages alike', async () => {
    const world = await consoleWorld({ virtualTime: false });
    const { secretArn } = await world.credential();
    const first = await listen(world);
    const second = await listen(world);
    const isRunning = ({ executions }: Overview): boolean => executions[0]?.status === 'RUNNING';
    const isOver = ({ executions, credentials }: Overview): boolean =>
      executions[0]?.status === 'SUCCEEDED' && credentials[0]?.rotation.status === 'idle';

    await world.post('/secrets/rotate', { secretArn });
    const running = await first.overview(isRunning);
    const ends = await Promise.all([first.overview(isOver), second.overview(isOver)]);

    expect(running.executions[0]?.lastEventId).toBeLessThan(ends[0].executions[0]?.lastEventId ?? 0);
    expect(ends[0]).toEqual(ends[1]);
  });

  it.each([
    ['a fault is set', '/faults', { text: 'kms:Decrypt=throttled' }],
    ['the time is moved', '/clock/advance', { ms: 60_000 }],
  ])('sends another one when %s', async (_what, target, body) => {
    const world = await consoleWorld();
    const stream = await listen(world);
    const before = await stream.overview();

    await world.post(target, body);

    const after = await stream.overview();
    expect(after).not.toEqual(before);
    expect(after).toEqual(await world.overview());
  });

  it('reports changes without a call, such as a revoked login', async () => {
    const world = await consoleWorld();
    const { clientId } = await world.credential();
    const stream = await listen(world);
    const { credentials } = await stream.overview();

    const [lineage] = world.sandbox.genesysCloud.lineages(clientId);
    world.sandbox.genesysCloud.revokeLineage(lineage?.id ?? '');

    const after = await stream.overview(overview => overview.credentials[0]?.consumer.works === false);
    expect(credentials[0]?.consumer.works).toBe(true);
    expect(after.credentials[0]?.lineages[0]?.isLive).toBe(false);
  });

  it('sends a comment every 15 s, and stops when its pages have gone', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const world = await consoleWorld();
    const first = await listen(world);
    const second = await listen(world);
    await Promise.all([first.overview(), second.overview()]);
    const timersMeanwhile = vi.getTimerCount();

    vi.advanceTimersByTime(15_000);
    const comments = await Promise.all([first.comment(), second.comment()]);
    first.leave();
    second.leave();

    expect(comments).toEqual([': still here', ': still here']);
    // One for the comments of each page, and one to poll for changes.
    expect(timersMeanwhile).toBe(3);
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0), { interval: 20 });
  });

  it('ends when the server is closed', async () => {
    const world = await consoleWorld();
    const stream = await listen(world);
    await stream.overview();

    await world.close();

    await expect(stream.overview()).rejects.toThrow();
  });
});
