import { describe, expect, it } from 'vitest';
import { endOf, type Process, Timeline } from '../../../bench/simulation/timeline.ts';

describe('Timeline', () => {
  it('runs what is due in the order of time, and at the same moment in the order of its beginning', () => {
    const timeline = new Timeline();
    const seen: string[] = [];
    function* waiting(name: string, ms: number): Process {
      yield ms;
      seen.push(`${name} at ${timeline.nowMs()}`);
    }

    for (const [name, ms] of [
      ['late', 300],
      ['first', 100],
      ['middle', 200],
      ['second', 100],
      ['last', 1_000],
    ] as const)
      timeline.start(waiting(name, ms));
    timeline.run();

    expect(seen).toEqual(['first at 100', 'second at 100', 'middle at 200', 'late at 300', 'last at 1000']);
  });

  it('lets one process wait for another, and hands its result over', () => {
    const timeline = new Timeline();
    function* adding(): Process<number> {
      yield 50;
      return 2;
    }
    function* asking(): Process<string> {
      const sum = (yield* endOf(timeline.start(adding()))) + 1;
      return `${sum} at ${timeline.nowMs()}`;
    }

    const asked = timeline.start(asking());
    timeline.run();

    expect(asked.result).toBe('3 at 50');
  });

  it('hands the error of a process to the one that waits for it', () => {
    const timeline = new Timeline();
    function* failing(): Process {
      yield 10;
      throw new RangeError('too far');
    }
    function* asking(): Process<string> {
      try {
        yield* endOf(timeline.start(failing()));
        return 'nothing';
      } catch (error) {
        return String(error);
      }
    }

    const asked = timeline.start(asking());
    timeline.run();

    expect(asked.result).toBe('RangeError: too far');
  });
});
