import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../bench/simulation/main.ts', import.meta.url));

function simulate(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('npm run simulate', () => {
  it('prints what became of the fleet, and the longest time between two rotations', () => {
    const { status, stdout } = simulate('--secrets', '20', '--window', '4h', '--interval', '8h');

    expect(status).toBe(0);
    expect(stdout).toContain('rotated: 20 of 20; left for the next window: 0\n');
    expect(stdout).toContain('refused requests: none\n');
    expect(stdout).toContain('longest time between two rotations of a credential: 12 h\n');
  });

  it('prints one JSON object with --json', () => {
    const { stdout } = simulate('--secrets', '5', '--window', '1', '--interval', '24', '--json');

    expect(JSON.parse(stdout)).toMatchObject({ secrets: 5, rotated: 5, longestGapHours: 25 });
  });

  it('refuses a window that Secrets Manager would refuse', () => {
    const { status, stdout, stderr } = simulate('--window', '9h', '--interval', '8h');

    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('window: 9h reaches into the next rotation window');
  });
});
