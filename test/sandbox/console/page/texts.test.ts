import { describe, expect, it } from 'vitest';
import { shortId } from '../../../../sandbox/console/page/credential/short-id.ts';
import { crashText, functionNames } from '../../../../sandbox/console/page/faults/fault-presets.ts';
import {
  formatSelection,
  readSelection,
  updateSelection,
} from '../../../../sandbox/console/page/live/selection.ts';
import { prettyJson } from '../../../../sandbox/console/page/pretty-json.ts';
import {
  dateTimeText,
  distanceText,
  durationText,
  shortTimeText,
  timeOfDayText,
} from '../../../../sandbox/console/page/time-text.ts';
import { parseDefinition } from '../../../../statemachine/definition.ts';

describe('times', () => {
  it.each([
    [-5, '0 ms'],
    [0.6, '1 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [1_250, '1.2 s'],
    [59_999, '59.9 s'],
    [60_000, '1 min'],
    [125_400, '2 min 5 s'],
    [3_599_999, '59 min 59 s'],
    [3_600_000, '1 h'],
    [86_399_999, '23 h 59 min'],
    [97_200_000, '1 d 3 h'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('formats instants in UTC, and relative to now', () => {
    const instant = new Date('2025-03-01T08:30:00.125Z');

    expect(dateTimeText(instant)).toBe('2025-03-01 08:30:00 UTC');
    expect(shortTimeText(instant, new Date('2025-03-01T23:59:59Z'))).toBe('08:30:00');
    expect(shortTimeText(instant, new Date('2025-03-02T00:00:00Z'))).toBe('2025-03-01 08:30');
    expect(timeOfDayText(instant)).toBe('08:30:00.125');
    expect(distanceText(instant, new Date('2025-03-01T08:30:00.900Z'))).toBe('now');
    expect(distanceText(instant, new Date('2025-03-01T08:35:05.125Z'))).toBe('5 min 5 s ago');
    expect(distanceText(instant, new Date('2025-02-28T22:30:00.125Z'))).toBe('in 10 h');
  });
});

describe('prettyJson', () => {
  it.each([
    ['{"a":"{\\"b\\":[1]}"}', '{\n  "a": {\n    "b": [\n      1\n    ]\n  }\n}'],
    ['{broken', '{broken'],
    ['just words', 'just words'],
    [{ cause: '["x"]', none: null }, '{\n  "cause": [\n    "x"\n  ],\n  "none": null\n}'],
  ])('formats %j', (value, text) => {
    expect(prettyJson(value)).toBe(text);
  });
});

describe('a selection', () => {
  it('is the same after it is written to a URL and read again', () => {
    const selection = { execution: 'a-b', state: 'Store & Forward', secret: 'crm/genesys' };

    expect(formatSelection(selection)).toBe('#execution=a-b&state=Store+%26+Forward&secret=crm%2Fgenesys');
    expect(readSelection(formatSelection(selection))).toEqual(selection);
  });

  it('is empty when the URL has no selection', () => {
    expect(readSelection('')).toEqual({});
    expect(readSelection('#execution=&other=1')).toEqual({});
  });

  it('keeps the other members when one changes', () => {
    const selection = { execution: 'a', state: 'Verify' };

    expect(updateSelection(selection, { state: undefined })).toEqual({ execution: 'a' });
    expect(updateSelection(selection, { secret: 's' })).toEqual({
      execution: 'a',
      state: 'Verify',
      secret: 's',
    });
  });
});

describe('faults of functions', () => {
  const definition = (...names: readonly string[]) =>
    parseDefinition(
      JSON.stringify({
        StartAt: '0',
        States: Object.fromEntries(
          names.map((FunctionName, index) => [index, { Type: 'Task', Parameters: { FunctionName } }]),
        ),
      }),
    );
  const arn = (name: string): string => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

  it.each([
    [
      [arn('app-one-fetch'), arn('app-one-store-pending:live'), arn('app-one-fetch')],
      ['fetch', 'store-pending'],
    ],
    [
      [arn('app-verify'), arn('app-verify-again')],
      ['verify', 'verify-again'],
    ],
    [['only'], ['only']],
    [[], []],
  ])('shortens the names of the functions %j', (names, short) => {
    expect(functionNames(definition(...names))).toEqual(short);
  });

  it('writes the rule that makes a function crash', () => {
    expect(crashText('store-pending', 'after')).toBe('lambda:store-pending=crash-after');
  });
});

describe('shortId', () => {
  it.each([
    ['3f0c8a52-1111-4222-8333-944445555666', '3f0c8a52…'],
    ['short', 'short'],
  ])('shortens %s to %s', (id, short) => {
    expect(shortId(id)).toBe(short);
  });
});
