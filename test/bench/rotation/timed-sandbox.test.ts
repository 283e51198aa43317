import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { synthesizeOneLambda } from '../../../bench/rotation/one-lambda/stack.ts';
import {
  nameOfCall,
  POLL,
  ROTATION_CALLS,
  ROTATION_TRANSITIONS,
} from '../../../bench/rotation/rotation-calls.ts';
import { type RotationTimes, TimedSandbox } from '../../../bench/rotation/timed-sandbox.ts';
import { fixedLatency } from './fixed-latencies.ts';

async function rotations(
  assemblyDirectory: string,
  count: number,
  grants: 1 | 2 = 1,
): Promise<RotationTimes[]> {
  const sandbox = await TimedSandbox.start(assemblyDirectory, fixedLatency, grants);
  onTestFinished(() => sandbox.close());
  const rotated: RotationTimes[] = [];
  while (rotated.length < count) rotated.push(await sandbox.rotate());
  return rotated;
}

function awsCalls({ waits }: RotationTimes): string[] {
  return waits.filter(({ kind }) => kind === 'aws').map(({ by, name }) => `${by} ${name}`);
}

describe('TimedSandbox', () => {
  it('measures this stack, cold and warm, and splits the whole time into parts', async () => {
    const [cold, warm] = await rotations(inject('assemblyDirectory'), 2);

    expect(warm).toMatchObject({
      untilCurrentMs: 1_086,
      tokenGapMs: 493,
      tokenGapSplit: { genesys: 150, aws: 208, orchestration: 135, coldStarts: 0, polling: 0 },
      totalSplit: { genesys: 450, orchestration: 345, coldStarts: 0 },
    });
    expect(cold?.totalSplit).toMatchObject({ genesys: 450, coldStarts: 1_740 });
    for (const rotation of [cold, warm]) {
      const parts = Object.values(rotation?.totalSplit ?? {}).reduce((sum, ms) => sum + ms, 0);
      expect(parts).toBe(rotation?.totalMs);
    }
  });

  it('measures no token gap when the credential has two grants', async () => {
    const measured = await rotations(inject('assemblyDirectory'), 3, 2);

    expect(measured.map(({ tokenGapMs }) => tokenGapMs)).toEqual([0, 0, 0]);
    expect(measured[2]?.untilCurrentMs).toBeGreaterThan(0);
  });

  it('makes exactly the listed calls and transitions', async () => {
    const [rotation] = await rotations(inject('assemblyDirectory'), 1);

    // Nothing waits for notify, so it may be later than the rotation.
    const made = rotation && awsCalls(rotation).filter(call => !call.startsWith('notify '));
    const listed = ROTATION_CALLS.filter(({ by }) => by !== 'notify').flatMap(call =>
      Array.from({ length: call.times }, () => nameOfCall(call)),
    );
    const polls = (made?.length ?? 0) - listed.length;
    expect(polls).toBeGreaterThan(0);
    expect(made?.sort()).toEqual(
      [...listed, ...Array.from({ length: polls }, () => nameOfCall(POLL))].sort(),
    );
    expect(rotation?.waits.filter(({ kind }) => kind === 'transition')).toHaveLength(ROTATION_TRANSITIONS);
  });

  it('measures the rotation in one Lambda', async () => {
    const assemblyDirectory = mkdtempSync(path.join(tmpdir(), 'one-lambda-'));
    onTestFinished(() => rmSync(assemblyDirectory, { recursive: true }));
    await synthesizeOneLambda(assemblyDirectory);

    const [cold, warm] = await rotations(assemblyDirectory, 2);

    expect(cold).toMatchObject({ totalMs: 1_000, untilCurrentMs: 1_000, tokenGapMs: 345 });
    expect(warm).toMatchObject({
      totalMs: 710,
      untilCurrentMs: 710,
      tokenGapMs: 345,
      totalSplit: { genesys: 450, aws: 200, orchestration: 60, coldStarts: 0, polling: 0 },
    });
    expect(warm && awsCalls(warm)).toEqual([
      'one-lambda secretsmanager:GetSecretValue',
      'one-lambda secretsmanager:GetSecretValue',
      'one-lambda secretsmanager:PutSecretValue',
      'one-lambda secretsmanager:GetSecretValue',
      'one-lambda secretsmanager:DescribeSecret',
      'one-lambda secretsmanager:UpdateSecretVersionStage',
    ]);
  });
});
