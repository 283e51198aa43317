/** When and where the figures were measured. */
export interface Occasion {
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
export function performancePage(sections: readonly string[], occasion: Occasion): string {
  const { date, processor, processors, memoryBytes, nodeVersion, platform } = occasion;
  return [
    '# Performance',
    '',
    `For developers and operators: how long a rotation, its token gap, a cold start and the program take. Written by \`npm run bench -- --write\` on ${date}, on ${processors} × ${processor} with ${Math.round(memoryBytes / 2 ** 30)} GiB of memory, Node.js ${nodeVersion}, ${platform}. Times of this machine are multiples of another time in the same run where possible. The times of a single run vary by a few per cent.`,
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
