import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LabelHistory } from '../../../sandbox/console/label-history.ts';
import { OverviewFeed, overviewOf } from '../../../sandbox/console/overview.ts';
import type { Overview } from '../../../sandbox/console/views.ts';
import { startSandbox } from '../../helpers/sandbox.ts';

/** A feed whose overview changes only in its faults. */
async function feedOfFaults() {
  const { sandbox } = await startSandbox({ virtualTime: true });
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const empty = overviewOf(sandbox, new LabelHistory(sandbox.secretsManager));
  const state: { overview: Overview | undefined } = { overview: empty };
  const feed = new OverviewFeed(sandbox, () => {
    if (state.overview === undefined) throw new Error('There is no overview.');
    return state.overview;
  });
  const other = { ...empty, faults: [{ id: 1, text: 'kms:*=throttled', injected: 0 }] };
  return { feed, state, empty, other };
}

describe('the feed of overviews', () => {
  it('sends a new listener an overview that an earlier listener already received', async () => {
    const { feed, state, empty, other } = await feedOfFaults();
    const unsubscribe = feed.subscribe(() => undefined);
    state.overview = other;
    vi.advanceTimersByTime(2_000);
    unsubscribe();
    state.overview = empty;
    const received: (Overview | undefined)[] = [];

    onTestFinished(feed.subscribe(overview => received.push(overview)));
    state.overview = other;
    vi.advanceTimersByTime(2_000);

    expect(received).toStrictEqual([empty, other]);
  });

  it('removes a listener that throws on the first overview', async () => {
    const { feed, state, empty } = await feedOfFaults();
    const received: Overview[] = [];

    state.overview = undefined;
    expect(() => feed.subscribe(overview => received.push(overview))).toThrow('There is no overview.');
    state.overview = empty;
    vi.advanceTimersByTime(2_000);

    expect(received).toStrictEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
