/** Where and when something was measured. */
export interface Occasion {
  /** ISO 8601, the day alone. */
  readonly date: string;
  readonly processor: string;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly nodeVersion: string;
  readonly platform: string;
}

/**
 * The page about speed, as Markdown.
 *
 * @param sections each begins with its heading and ends with an empty line
 */
export function performancePage(sections: readonly string[], occasion: Occasion): string {
  const { date, processor, processors, memoryBytes, nodeVersion, platform } = occasion;
  return [
    '# Performance',
    '',
    `Written by \`npm run bench -- --write\` on ${date}, on ${processors} × ${processor} with ${Math.round(memoryBytes / 2 ** 30)} GiB of memory, Node.js ${nodeVersion}, ${platform}. Times of this machine are given as multiples of something that was measured in the same run, wherever that is possible; a single run's times vary by some per cent.`,
    '',
    ...sections,
    '## Cost',
    '',
    'What a rotation and a credential cost, from counted calls and transitions, is in [cost.md](cost.md).',
    '',
    '## Ten thousand credentials',
    '',
    'They cannot be rotated on one machine. What the quotas of an account and region allow, how the rotation function should look at executions, and how to divide a larger fleet is simulated: [fleet.md](fleet.md).',
    '',
  ].join('\n');
}
