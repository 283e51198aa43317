import { type Ending, EXIT_CODES } from '../exit-code.ts';
import { commandLine } from './command-line.ts';

/** The part of a command's help that shows it at work. */
export function exampleHelp(...lines: readonly string[]): string {
  const example = commandLine({});
  return `\nExamples:\n${lines.map(line => `  ${example(line)}`).join('\n')}`;
}

/** The part of a command's help that lists how it can end. */
export function exitCodesHelp(...endings: readonly Ending[]): string {
  const lines = endings
    .map(ending => EXIT_CODES[ending])
    .map(({ code, meaning }) => `  ${String(code).padEnd(3)}  ${meaning}`);
  return `\nExit codes:\n${lines.join('\n')}`;
}
