import { readFileSync } from 'node:fs';

/** The text of the workflow's definition, placeholders included. */
export function definitionText(): string {
  return readFileSync(new URL('rotation.asl.json', import.meta.url), 'utf8');
}
