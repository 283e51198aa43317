import { shellWord } from './plain-text.ts';

/** The deployment that the program uses by default. */
export const DEFAULT_STACK = 'genesys-token-rotation';

/**
 * Formats a command of this program for pasting, as a template tag. Quotes the inserted words for a shell, because names
 * and ARNs may come from outside.
 */
export interface CommandLine {
  (words: TemplateStringsArray, ...inserted: readonly string[]): string;
  /** The same for another deployment. */
  readonly on: (stack: string) => CommandLine;
}

/** The options that a command names in addition to its own words. */
interface CommandOptions {
  readonly stack?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

/** Formats command lines with the options of the current command, without defaults. */
export function commandLine(options: CommandOptions = {}): CommandLine {
  const { stack = DEFAULT_STACK, region, profile } = options;
  const format = (words: TemplateStringsArray, ...inserted: readonly string[]): string =>
    [
      `genesys-token-rotation ${String.raw({ raw: words }, ...inserted.map(shellWord))}`,
      ...(stack === DEFAULT_STACK ? [] : [`--stack ${shellWord(stack)}`]),
      ...(region === undefined ? [] : [`--region ${shellWord(region)}`]),
      ...(profile === undefined ? [] : [`--profile ${shellWord(profile)}`]),
    ].join(' ');
  return Object.assign(format, { on: (other: string) => commandLine({ ...options, stack: other }) });
}
