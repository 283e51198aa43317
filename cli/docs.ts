import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Command } from 'commander';
import { EXIT_CODES } from './exit-code.ts';
import { makeProgram } from './program.ts';

const PAGE_WIDTH = 110;

/** Generates docs/cli.md from the program's help. */
export function commandLinePage(program: Command): string {
  const commands = program.commands.flatMap(command => sections(command, 2));
  return `# Command line

For operators: every command, option and exit code of \`genesys-token-rotation\`, the program that operates a deployment.

The program finds AWS credentials and the region the same way as the AWS CLI. Set \`AWS_ENDPOINT_URL\`,
\`GENESYS_LOGIN_URL\` and \`GENESYS_API_URL\` to use it with the [sandbox](../sandbox/README.md). It never prints a
token or a client secret. Results go to standard output (as one JSON object with \`--json\`), progress and errors to
standard error.

The program runs on Node.js 20.18 or newer and has no dependencies. In a checkout, \`npm run build && npm link\` installs
it, and \`npm run cli --\` runs it from source. \`npm pack\` builds a package that you can install elsewhere with
\`npm install --global\`, or run with \`npx\`.

\`npm run cli:docs\` generates this page from the program's help.

${helpOf(program)}

## Exit codes

| Code | Meaning |
| --- | --- |
${exitCodeRows()}

${commands.join('\n\n')}
`;
}

function exitCodeRows(): string {
  return Object.values(EXIT_CODES)
    .map(({ code, meaning }) => `| ${code} | ${meaning} |`)
    .join('\n');
}

/** The section of a command, followed by the sections of its subcommands. */
function sections(command: Command, level: number): string[] {
  const words: string[] = [];
  for (let each: Command | null = command; each?.parent; each = each.parent) words.unshift(each.name());
  return [
    `${'#'.repeat(level)} ${words.join(' ')}\n\n${helpOf(command)}`,
    ...command.commands.flatMap(subcommand => sections(subcommand, level + 1)),
  ];
}

/** The output of `--help`, with examples and exit codes, independent of the terminal. */
function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: text => {
      help += text;
    },
    getOutHelpWidth: () => PAGE_WIDTH,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return `\`\`\`text\n${help.trimEnd()}\n\`\`\``;
}

/** `docs.ts [--check] [page]`: regenerates docs/cli.md, or fails if it is stale. */
function main(args: readonly string[]): void {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { check: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const { stdin, stdout, stderr } = process;
  const io = {
    streams: { in: stdin, out: stdout, err: stderr },
    signal: new AbortController().signal,
  };
  const page = positionals[0] ?? fileURLToPath(new URL('../docs/cli.md', import.meta.url));
  const expected = commandLinePage(makeProgram(io));
  if (!values.check) {
    writeFileSync(page, expected);
  } else if (readFileSync(page, 'utf8') !== expected) {
    throw new Error(`${page} is stale; run npm run cli:docs`);
  }
}

if (import.meta.main) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    console.error(`cli:docs: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
