import { describe, expect, it, onTestFinished } from 'vitest';
import { Clock } from '../../sandbox/clock.ts';

const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** A virtual clock, and a record of events, in ms from its start. */
function virtualClock() {
  const clock = new Clock({ isVirtual: true });
  const startMs = clock.nowMs();
  const notes: string[] = [];
  const note = (what: string): void => void notes.push(`${clock.nowMs() - startMs} ${what}`);
  return { clock, startMs, notes, note };
}

describe('a virtual clock', () => {
  it('moves only when it is advanced', async () => {
    const { clock, startMs, notes, note } = virtualClock();
    clock.schedule(0, () => note('due at once'));

    await new Promise(resolve => setTimeout(resolve, 5));
    const before = [clock.nowMs(), notes.length];
    clock.advance(0);

    expect(before).toStrictEqual([startMs, 0]);
    expect(notes).toStrictEqual(['0 due at once']);
  });
});

describe('advanceSettled', () => {
  it('runs each task at its due time, including tasks that earlier ones schedule', async () => {
    const { clock, notes, note } = virtualClock();
    clock.schedule(3_000, () => note('planned'));
    clock.schedule(1_000, () => {
      note('first');
      // Like a caller that gets a response and then waits.
      void settled().then(() => clock.schedule(1_500, () => note('second')));
    });

    await clock.advanceSettled(10_000, async () => {
      await settled();
      await settled();
    });
    note('end');

    expect(notes).toStrictEqual(['1000 first', '2500 second', '3000 planned', '10000 end']);
  });

  it('does not run tasks that are due later', async () => {
    const { clock, notes, note } = virtualClock();
    clock.schedule(1_001, () => note('too late'));

    await clock.advanceSettled(1_000, settled);
    note('end');

    expect(notes).toStrictEqual(['1000 end']);
  });

  it('calls settled in each step before its task runs', async () => {
    const { clock, notes, note } = virtualClock();
    clock.schedule(1_000, () => note('task'));

    await clock.advanceSettled(2_000, async () => note('settled'));

    expect(notes).toStrictEqual(['0 settled', '1000 settled', '1000 task', '1000 settled', '2000 settled']);
  });

  it('does not run a task that is cancelled while its step settles', async () => {
    const { clock, startMs, notes, note } = virtualClock();
    const task = clock.schedule(1_000, () => note('cancelled'));

    await clock.advanceSettled(2_000, async () => {
      if (clock.nowMs() === startMs + 1_000) task.cancel();
    });

    expect(notes).toStrictEqual([]);
  });

  it('also advances a running clock', async () => {
    const clock = new Clock();
    onTestFinished(() => clock.stop());
    const beforeMs = clock.nowMs();
    let ranAtMs = 0;
    clock.schedule(86_400_000, () => {
      ranAtMs = clock.nowMs();
    });

    await clock.advanceSettled(2 * 86_400_000, settled);

    expect(ranAtMs - beforeMs).toBeGreaterThanOrEqual(86_400_000);
    expect(ranAtMs - beforeMs).toBeLessThan(2 * 86_400_000);
    expect(clock.nowMs() - beforeMs).toBeGreaterThanOrEqual(2 * 86_400_000);
  });

  it('refuses to move backwards', async () => {
    await expect(new Clock().advanceSettled(-1, settled)).rejects.toThrow(RangeError);
  });
});
