import { describe, expect, it } from 'vitest';
import type { Wait } from '../../../bench/rotation/recorded-latencies.ts';
import { splitTime } from '../../../bench/rotation/time-split.ts';

const NOTHING = { genesys: 0, aws: 0, orchestration: 0, coldStarts: 0, polling: 0 };

function wait(kind: Wait['kind'], fromMs: number, toMs: number, by?: string): Wait {
  return { kind, name: 'any', fromMs, toMs, by };
}

describe('splitTime', () => {
  it('assigns each wait to its part', () => {
    const waits = [
      wait('invocation', 0, 10, 'fetch'),
      wait('cold-start', 10, 100, 'fetch'),
      wait('aws', 100, 130, 'fetch'),
      wait('transition', 130, 150),
      wait('genesys', 150, 400),
    ];

    expect(splitTime(waits, 0, 400)).toEqual({
      genesys: 250,
      aws: 30,
      orchestration: 30,
      coldStarts: 90,
      polling: 0,
    });
  });

  it('counts parallel calls once', () => {
    const waits = [wait('aws', 0, 25, 'fetch'), wait('aws', 0, 40, 'fetch')];

    expect(splitTime(waits, 0, 40)).toEqual({ ...NOTHING, aws: 40 });
  });

  it('attributes time to the workflow while the rotation function polls it', () => {
    const waits = [wait('aws', 0, 30, 'rotation'), wait('transition', 10, 50)];

    expect(splitTime(waits, 0, 50)).toEqual({ ...NOTHING, aws: 10, orchestration: 40 });
  });

  it('attributes the rest to polling and ignores functions that no rotation waits for', () => {
    const waits = [
      wait('genesys', 0, 100),
      wait('cold-start', 100, 300, 'notify'),
      wait('aws', 500, 525, 'rotation'),
    ];

    expect(splitTime(waits, 0, 525)).toEqual({ ...NOTHING, genesys: 100, aws: 25, polling: 400 });
  });

  it('splits only the given interval', () => {
    const waits = [wait('genesys', 0, 100), wait('transition', 100, 130)];

    expect(splitTime(waits, 60, 110)).toEqual({ ...NOTHING, genesys: 40, orchestration: 10 });
  });
});
