import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Terminal, terminalText } from '../../cli/shared/terminal.ts';
import { CONTROL_CHARACTERS, HOSTILE_TEXT } from '../helpers/hostile-text.ts';

/** A terminal that shows colours, and everything that was written to it. */
function colourTerminal({ json = false } = {}) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), {
    isTTY: true,
    getColorDepth: () => 8,
  });
  const terminal = new Terminal({ in: stream, out: stream, err: stream }, { json, colour: true });
  return { terminal, written: () => String(stream.read()) };
}

describe('terminalText', () => {
  it.each([true, false])(
    'removes characters that a terminal interprets, except line feeds (styles kept: %s)',
    keepsStyle => {
      const text = terminalText(HOSTILE_TEXT, keepsStyle);

      expect(text.replaceAll('\n', '')).not.toMatch(CONTROL_CHARACTERS);
      expect(text).toBe('x]0;title[2K\n\nWHAT TO DO: run this31mgnpnext');
    },
  );

  it('keeps colours if styles are kept, and removes sequences that hide text', () => {
    const coloured = '\u001b[31mred\u001b[39m \u001b[8mhidden\u001b[28m';

    expect(terminalText(coloured, true)).toBe('\u001b[31mred\u001b[39m [8mhidden[28m');
    expect(terminalText(coloured, false)).toBe('red [8mhidden[28m');
  });
});

describe('Terminal', () => {
  it.each(['line', 'note', 'print'] as const)('%s writes no character that a terminal interprets', method => {
    const { terminal, written } = colourTerminal();

    terminal[method](`${terminal.style('red', 'failed')} ${HOSTILE_TEXT}`);

    const text = written();
    expect(text).toContain('\u001b[31mfailed\u001b[39m');
    expect(text.replace('\u001b[31m', '').replace('\u001b[39m', '').replaceAll('\n', '')).not.toMatch(
      CONTROL_CHARACTERS,
    );
  });

  it('escapes all characters in JSON that a terminal interprets', () => {
    const { terminal, written } = colourTerminal({ json: true });

    terminal.result({ message: `${HOSTILE_TEXT}\u{e0041}` });

    const text = written();
    expect(text.trimEnd()).not.toMatch(CONTROL_CHARACTERS);
    expect(JSON.parse(text)).toEqual({ message: `${HOSTILE_TEXT}\u{e0041}` });
  });
});
