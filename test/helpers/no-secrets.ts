import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { SENTINELS } from './secret-value.ts';

/** The prefix of every sentinel (parsers quote prefixes in messages), and the HTTP Basic form of one. */
const FORBIDDEN = [
  'sentinel',
  Buffer.from(`client-id:${SENTINELS.clientSecret}`).toString('base64'),
] as const;

/** Fails when any part of a value, including hidden fields and causes, contains a sentinel secret. */
export function expectNoSecrets(subject: unknown): void {
  const text = inspect(subject, {
    depth: null,
    showHidden: true,
    maxStringLength: null,
    maxArrayLength: null,
    breakLength: Number.POSITIVE_INFINITY,
  });
  for (const secret of FORBIDDEN) expect(text).not.toContain(secret);
}

/**
 * The error of a rejected promise, after checking that it contains no secrets. Fails when the promise is
 * fulfilled, or rejected with something other than an Error.
 */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => ({ kind: 'fulfilled' }) as const,
    (reason: unknown) => ({ kind: 'rejected', reason }) as const,
  );
  if (outcome.kind === 'fulfilled')
    throw new Error('The promise was fulfilled, but a rejection was expected.');
  expect(outcome.reason).toBeInstanceOf(Error);
  expectNoSecrets(outcome.reason);
  return outcome.reason as Error;
}

/** One call of the console. */
export interface LogLine {
  readonly level: string;
  readonly line: unknown;
}

/**
 * Suppresses the console, collects its output, and checks it for secrets after each test of the file.
 *
 * @returns what the current test has written so far
 */
export function captureLog(): () => readonly LogLine[] {
  const levels = ['debug', 'log', 'info', 'warn', 'error'] as const;
  let lines: LogLine[] = [];
  beforeEach(() => {
    lines = [];
    for (const level of levels) {
      vi.spyOn(console, level).mockImplementation((...values: unknown[]) => {
        lines.push({ level, line: values.length === 1 ? values[0] : values });
      });
    }
  });
  afterEach(() => expectNoSecrets(lines));
  return () => lines;
}
