import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LabelHistory } from '../../../sandbox/console/label-history.ts';
import { OverviewFeed, overviewOf } from '../../../sandbox/console/overview.ts';
import type { Overview } from '../../../sandbox/console/views.ts';
import { startSandbox } from '../../helpers/sandbox.ts';

/** The feed of an overview in which nothing changes but which faults there are. */
async function feedOfFaults() {
  const { sandbox } = await startSandbox({ virtualTime: true });
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const empty = overviewOf(sandbox, new LabelHistory(sandbox.secretsManager));
  const state: { overview: Overview | undefined } = { overview: empty };
  const feed = new OverviewFeed(sandbox, () => {
    if (state.overview === undefined) throw new Error('There is none.');
    return state.overview;
  });
  const other = { ...empty, faults: [{ id: 1, text: 'kms:*=throttled', injected: 0 }] };
  return { feed, state, empty, other };
}

describe('the feed of overviews', () => {
  it('sends a new listener the overview that an earlier one received', async () => {
    const { feed, state, empty, other } = await feedOfFaults();
    const leave = feed.subscribe(() => undefined);
    state.overview = other;
    vi.advanceTimersByTime(2_000);
    leave();
    state.overview = empty;
    const heard: (Overview | undefined)[] = [];

    onTestFinished(feed.subscribe(overview => heard.push(overview)));
    state.overview = other;
    vi.advanceTimersByTime(2_000);

    expect(heard).toStrictEqual([empty, other]);
  });

  it('removes a listener that throws on the first overview', async () => {
    const { feed, state, empty } = await feedOfFaults();
    const heard: Overview[] = [];

    state.overview = undefined;
    expect(() => feed.subscribe(overview => heard.push(overview))).toThrow('There is none.');
    state.overview = empty;
    vi.advanceTimersByTime(2_000);

    expect(heard).toStrictEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
