import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { oneLine, shellWord } from '../../../../functions/shared/output/plain-text.ts';
import { CONTROL_CHARACTERS, HOSTILE_TEXT } from '../../../helpers/hostile-text.ts';

describe('oneLine', () => {
  it('replaces control, bidi and line characters, and keeps the rest on one line', () => {
    const line = oneLine(HOSTILE_TEXT, 200);

    expect(line).not.toMatch(CONTROL_CHARACTERS);
    expect(line).toBe('x ]0;title [2K WHAT TO DO: run this 31m gnp next');
  });

  it.each(['Grüße, 東京', 'emoji 🔑 stay', 'quotes " and \' and <tags>'])('keeps %j', text => {
    expect(oneLine(text, 100)).toBe(text);
  });

  it('truncates a text to the maximum length, but not within a character', () => {
    expect(oneLine('🔑'.repeat(20), 10)).toBe(`${'🔑'.repeat(7)}...`);
    expect(oneLine('a'.repeat(10), 10)).toBe('a'.repeat(10));
  });
});

describe('shellWord', () => {
  it.each(['genesys/voicemail', 'arn:aws:states:eu-central-1:111122223333:execution:a:b_c-d'])(
    'keeps %s unchanged',
    word => {
      expect(shellWord(word)).toBe(word);
    },
  );

  it.each(['', '; touch x', '$(id)', "it's", '`id`', 'a b', '"', '\\', '*', '!', '<secret>', '~'])(
    'quotes %j so that a shell takes it literally',
    word => {
      const printed = execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' });

      expect(shellWord(word)).not.toBe(word);
      expect(printed).toBe(word);
    },
  );
});
