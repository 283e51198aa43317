import { type Ending, EXIT_CODES } from '../exit-code.ts';

/** The examples in a command's help. */
export function exampleHelp(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map(line => `  genesys-token-rotation ${line}`).join('\n')}`;
}

/** The exit codes in a command's help. */
export function exitCodesHelp(...endings: readonly Ending[]): string {
  const lines = endings
    .map(ending => EXIT_CODES[ending])
    .map(({ code, meaning }) => `  ${String(code).padEnd(3)}  ${meaning}`);
  return `\nExit codes:\n${lines.join('\n')}`;
}
