import { describe, expect, it } from 'vitest';
import { leaksIn } from './leaks.ts';

const SECRET = 'a secret+value/of_some-length';

describe('leaksIn', () => {
  it.each([
    ['as it is', `{"token":"${SECRET}"}`],
    ['URL-encoded', `refresh_token=${encodeURIComponent(SECRET)}&x=1`],
    ['in Base64', Buffer.from(SECRET).toString('base64')],
    ['within a longer text in Base64', Buffer.from(`id:${SECRET}, and more`).toString('base64')],
    ['one byte further', Buffer.from(`${'.'.repeat(4)}${SECRET}!`).toString('base64')],
    ['two bytes further', Buffer.from(`${'.'.repeat(5)}${SECRET}!!`).toString('base64')],
  ])('finds a secret that stands there %s', (_form, text) => {
    expect(leaksIn(text, ['another secret', SECRET])).toEqual([SECRET]);
  });
});
