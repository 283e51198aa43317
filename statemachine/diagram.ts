import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Definition, parseDefinition, transitions } from './definition.ts';
import { definitionText } from './definition-text.ts';

const BEGIN = '<!-- state machine: begin -->';
const END = '<!-- state machine: end -->';

/** The arrow of each kind of transition; caught errors are dotted. */
const ARROWS = { next: '-->', choice: '-->', default: '-->', catch: '-.->' } as const;

/** The shape of each type of state; any other is a rectangle. Colours are readable on light and dark pages. */
const SHAPES: Readonly<Record<string, (name: string) => string>> = {
  Choice: name => `${name}{${name}}`,
  Succeed: name => `${name}([${name}]):::succeeded`,
};
const STYLE = 'classDef succeeded fill:#d7f0dc,stroke:#1a7f37,color:#0f3d1e';

/**
 * Draws a state machine as a Mermaid flowchart, from top to bottom.
 *
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function diagram(definition: Definition): string {
  const shapes = Object.entries(definition.States).map(
    ([name, { Type }]) => SHAPES[Type]?.(name) ?? `${name}[${name}]`,
  );
  const arrows = transitions(definition).map(({ from, to, kind, label }) => {
    const text = label === '' ? '' : `|"${label.replaceAll('"', '#quot;')}"|`;
    return `${from} ${ARROWS[kind]}${text} ${to}`;
  });
  return [
    'flowchart TD',
    ...['start((start))', `start --> ${definition.StartAt}`, ...shapes, ...arrows, STYLE].map(
      line => `  ${line}`,
    ),
  ].join('\n');
}

/**
 * Inserts the diagram between the markers of a page.
 *
 * @throws Error the page lacks the markers
 */
export function withDiagram(page: string, picture: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`the markers ${BEGIN} and ${END} are missing`);
  return `${page.slice(0, begin)}${BEGIN}\n\`\`\`mermaid\n${picture}\n\`\`\`\n${page.slice(end)}`;
}

/** `diagram.ts [--check] [page]` updates the diagram in a page (default: docs/architecture.md), or checks it. */
function main(args: readonly string[]): void {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { check: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const page = positionals[0] ?? fileURLToPath(new URL('../docs/architecture.md', import.meta.url));
  const present = readFileSync(page, 'utf8');
  const expected = withDiagram(present, diagram(parseDefinition(definitionText())));
  if (expected === present) return;
  if (values.check) throw new Error(`the state machine diagram in ${page} is stale; run npm run diagram`);
  writeFileSync(page, expected);
}

if (import.meta.main) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    console.error(`diagram: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
