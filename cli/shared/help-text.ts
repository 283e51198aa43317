import { EXIT_CODES, type ExitReason } from '../exit-code.ts';

/** The examples in a command's help. */
export function exampleHelp(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map(line => `  genesys-token-rotation ${line}`).join('\n')}`;
}

/** The exit codes in a command's help. */
export function exitCodesHelp(...exitReasons: readonly ExitReason[]): string {
  const lines = exitReasons
    .map(exitReason => EXIT_CODES[exitReason])
    .map(({ code, meaning }) => `  ${String(code).padEnd(3)}  ${meaning}`);
  return `\nExit codes:\n${lines.join('\n')}`;
}
