import { textOf } from './pages.ts';

/** A command of the page and its expected output. */
export interface CommandWithOutput {
  readonly command: string;
  readonly expected: readonly string[];
}

/** The commands of `docs/first-account.md`, in order. */
export function commandsWithOutput(): readonly CommandWithOutput[] {
  const pattern = /```sh\n(?<command>.+)\n```(?:\n\n```text\n(?<lines>[^`]+)\n```)?/g;
  return [...textOf('docs/first-account.md').matchAll(pattern)].map(({ groups = {} }) => ({
    command: groups.command ?? '',
    expected: groups.lines?.split('\n') ?? [],
  }));
}

/** The expected lines that are missing in an output. `…` in a line matches anything. */
export function missingIn(output: string, expected: readonly string[]): readonly string[] {
  return expected.filter(line => {
    const parts = line.split('…').map(part => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return !new RegExp(parts.join('.*')).test(output);
  });
}
