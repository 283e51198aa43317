/** The day of a measurement and the machine. */
export interface Machine {
  /** The day (ISO 8601). */
  readonly date: string;
  readonly processor: string;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly nodeVersion: string;
  readonly platform: string;
}

/**
 * Writes docs/performance.md.
 *
 * @param sections each begins with its heading and ends with an empty line
 */
export function performancePage(sections: readonly string[], machine: Machine): string {
  const { date, processor, processors, memoryBytes, nodeVersion, platform } = machine;
  return [
    '# Performance',
    '',
    'For engineers who evaluate or change this project: how long a rotation, a cold start and a command take, and why.',
    '',
    `Written by \`npm run bench -- --write\` on ${date}, on ${processors} × ${processor} with ${Math.round(memoryBytes / 2 ** 30)} GiB of memory, Node.js ${nodeVersion}, ${platform}. Where possible, times measured on this machine are given as multiples of a reference time from the same run. They vary by a few percent between runs.`,
    '',
    ...sections,
    '## Cost',
    '',
    'See [cost.md](cost.md) for the cost of a rotation and of a credential.',
    '',
    '## Large fleets',
    '',
    'Ten thousand credentials cannot be rotated on one machine. See [fleet.md](fleet.md) for what the quotas of an account and region allow, what polling costs, and how to divide a larger fleet.',
    '',
  ].join('\n');
}
