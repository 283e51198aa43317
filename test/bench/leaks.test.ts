import { describe, expect, it } from 'vitest';
import { LeakSearch, leaksIn } from '../../bench/leaks.ts';

const SECRET = 'a secret+value/of_some-length';

describe('leaksIn', () => {
  it.each([
    ['verbatim', `{"token":"${SECRET}"}`],
    ['URL-encoded', `refresh_token=${encodeURIComponent(SECRET)}&x=1`],
    ['in Base64', Buffer.from(SECRET).toString('base64')],
    ['within a longer text in Base64', Buffer.from(`id:${SECRET}, and more`).toString('base64')],
    ['one byte further', Buffer.from(`${'.'.repeat(4)}${SECRET}!`).toString('base64')],
    ['two bytes further', Buffer.from(`${'.'.repeat(5)}${SECRET}!!`).toString('base64')],
  ])('finds a secret %s', (_form, text) => {
    expect(leaksIn(text, ['another secret', SECRET])).toEqual([SECRET]);
  });
});

describe('LeakSearch', () => {
  it('finds each of many secrets, including short ones and one at the very end, and nothing else', () => {
    const search = new LeakSearch();
    const secrets = Array.from({ length: 500 }, (_, index) => `secret-number-${index}-of-many`);
    search.add([...secrets, 'shorter']);

    const found = search.in(`shorter, ${secrets[7]}, and at the end ${secrets[411]}`);

    expect(new Set(found)).toEqual(
      new Set(['secret-number-411-of-many', 'secret-number-7-of-many', 'shorter']),
    );
    expect(search.in('secret-number-500-of-many, secret-number-7-of-man')).toEqual([]);
  });
});
