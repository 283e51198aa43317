import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTANTS, withBug } from './mutants.ts';

const repository = path.resolve(import.meta.dirname, '../..');

describe('each mutant', () => {
  it.each(MUTANTS)('applies to $file: $bug', mutant => {
    expect(withBug(readFileSync(path.join(repository, mutant.file), 'utf8'), mutant)).toBeDefined();
    expect(mutant.tests.filter(test => !existsSync(path.join(repository, test)))).toEqual([]);
  });
});
