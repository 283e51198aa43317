import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTEXT_KEYS } from '../../infra/context.ts';
import { ALARM_NAMES } from '../../infra/operations/alarms.ts';

function page(name: string): string {
  return readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
}

/** The context values in the tables whose first column is `Context value`. */
function keysIn(text: string): string[] {
  const [, table = ''] = text.split('| Context value | Meaning | Default |\n');
  const rows = table.split('\n\n')[0]?.split('\n').slice(1) ?? [];
  return rows.flatMap(row =>
    [...(row.split(' | ')[0] ?? '').matchAll(/`(\w+)=/g)].map(([, key = '']) => key),
  );
}

describe('the pages about the deployment', () => {
  it('document exactly the context values', () => {
    const keys = keysIn(page('docs/deploy.md'));

    expect(keys).toHaveLength(CONTEXT_KEYS.length);
    expect(new Set(keys)).toEqual(new Set(CONTEXT_KEYS));
  });

  it('document every alarm, and what to do about it', () => {
    for (const name of ALARM_NAMES) {
      expect(page('docs/deploy.md')).toContain(`\`…-${name}\``);
      expect(page('docs/runbook.md')).toContain(`\n### ${name}\n`);
    }
  });
});
