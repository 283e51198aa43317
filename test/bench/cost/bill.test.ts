import { describe, expect, it } from 'vitest';
import { credentialMonth, deploymentBill, rotationBill, total } from '../../../bench/cost/bill.ts';
import type { Usage } from '../../../bench/cost/usage.ts';

const USAGE: Usage = {
  rotation: {
    secretCalls: 10,
    keyCalls: 4,
    tableReads: 8,
    tableWrites: 10,
    transitions: 7,
    invocations: { rotation: 4, refresh: 1 },
    logBytes: 0,
  },
  journal: { tokenBytes: 300, lineageBytes: 1_200 },
  deployment: { keys: 2, alarmMetrics: 9, dashboards: 1, memoryMb: 512 },
};

function unitsOf(lines: ReturnType<typeof rotationBill>): Record<string, number> {
  return Object.fromEntries(lines.map(({ price, units }) => [price, units]));
}

describe('rotationBill', () => {
  it('counts each call and transition, and bills the seconds at the memory of the functions', () => {
    const bill = rotationBill(USAGE);

    // Four invocations of 4 s and one of 0.8 s at half a GB.
    expect(unitsOf(bill)).toMatchObject({
      transition: 7,
      lambdaRequest: 5,
      secretCall: 10,
      keyCall: 4,
      tableRead: 8,
      tableWrite: 10,
    });
    expect(unitsOf(bill).lambdaGbSecond).toBeCloseTo(8.4, 10);
  });

  it('costs at least as much as its transitions', () => {
    const transitions = rotationBill(USAGE).find(({ price }) => price === 'transition');

    expect(transitions?.dollars).toBeCloseTo(0.000175, 10);
    expect(total(rotationBill(USAGE))).toBeGreaterThan(0.000175);
  });
});

describe('deploymentBill', () => {
  it('lists 100 secrets per call, every hour', () => {
    expect(unitsOf(deploymentBill(USAGE, 100)).secretCall).toBe(730);
    expect(unitsOf(deploymentBill(USAGE, 101)).secretCall).toBe(1460);
  });

  it('stores a journal item for each rotation of a year, and one for each credential', () => {
    const { tableGigabyteMonth = 0 } = unitsOf(deploymentBill(USAGE, 10));

    expect(tableGigabyteMonth * 1024 ** 3).toBeCloseTo(10 * (1_095 * 400 + 1_300), 3);
  });
});

describe('credentialMonth', () => {
  it('adds the secret, its rotations and its share of the deployment', () => {
    const rotations = (730 / 8) * total(rotationBill(USAGE));

    expect(credentialMonth(USAGE, 8, 10)).toBeCloseTo(
      0.4 + rotations + total(deploymentBill(USAGE, 10)) / 10,
      10,
    );
  });
});
