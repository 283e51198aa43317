import { describe, expect, it } from 'vitest';
import { formMembers } from '../../../sandbox/aws/query-protocol.ts';

describe('formMembers', () => {
  it('reads strings, lists, and structures within lists', () => {
    const form = new URLSearchParams([
      ['Action', 'Simulate'],
      ['Names.member.1', 'one'],
      ['Names.member.2', 'two'],
      ['Entries.member.1.Key', 'a'],
      ['Entries.member.1.Values.member.1', 'x'],
      ['Entries.member.2.Key', 'b & c'],
    ]);

    expect(formMembers(Buffer.from(form.toString()))).toEqual({
      Action: 'Simulate',
      Names: ['one', 'two'],
      Entries: [{ Key: 'a', Values: ['x'] }, { Key: 'b & c' }],
    });
  });

  it('sorts list members by number, not by text', () => {
    const numbers = Array.from({ length: 11 }, (_, index) => index + 1);
    const form = numbers.map(number => `N.member.${number}=${number}`).toReversed();

    expect(formMembers(Buffer.from(form.join('&')))).toEqual({ N: numbers.map(String) });
  });

  it('does not convert maps', () => {
    expect(formMembers(Buffer.from('Attributes.entry.1.Name=a&Attributes.entry.1.Value=b'))).toEqual({
      Attributes: { entry: { 1: { Name: 'a', Value: 'b' } } },
    });
  });
});
