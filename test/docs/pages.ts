import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own folder. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** The pages of the project, relative to its folder. */
export const PAGES: readonly string[] = [
  ...globSync('*.md', { cwd: PROJECT }),
  ...globSync('docs/*.md', { cwd: PROJECT }),
  'sandbox/README.md',
].sort();

/** The text of a page. */
export function textOf(page: string): string {
  return readFileSync(path.join(PROJECT, page), 'utf8');
}

/** The anchors that GitHub generates for the headings of a page. */
export function fragmentsOf(text: string): ReadonlySet<string> {
  const prose = text.replaceAll(/^```.*?^```/gms, '');
  const headings = [...prose.matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map(heading =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The commands in a page's code blocks and code spans, one per line. */
export function commandsOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'));
  const prose = text.replaceAll(/^```.*?^```/gms, '');
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...blocks, ...spans].map(line => line.trim()).filter(line => line !== '');
}
