import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Red, green and blue, from 0 to 1. */
type Colour = readonly [red: number, green: number, blue: number];

/**
 * The contrast ratio of two colours, from 1 to 21.
 *
 * @see WCAG 2.2, "contrast ratio"
 */
function contrast(one: Colour, other: Colour): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((low, high) => low - high);
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, "relative luminance". */
function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.map(share =>
    share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const STYLES = readFileSync(
  new URL('../../../../sandbox/console/page/styles/tones.css', import.meta.url),
  'utf8',
);

/** Each colour in light and dark mode. */
const COLOURS = new Map(
  [...STYLES.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

const TONES = ['none', 'running', 'waiting', 'succeeded', 'caught', 'failed', 'stopped'];

/** Each text colour with its background. */
const TEXTS = [
  ...['page', 'panel', 'sunken'].flatMap(background => [
    ['text', background],
    ['text-soft', background],
  ]),
  ...TONES.flatMap(tone => [
    ['text', `${tone}-fill`],
    [tone, `${tone}-fill`],
    [tone, 'panel'],
  ]),
] as const;

function colourOf(hex: string): Colour {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(
    at => Number.parseInt(hex.slice(at, at + 2), 16) / 255,
  );
  return [red, green, blue];
}

describe.each(['light', 'dark'] as const)('the colours of the page in %s mode', scheme => {
  it.each(TEXTS)('show %s on %s with the contrast that WCAG requires', (text, background) => {
    const [front = '', back = ''] = [text, background].map(name => COLOURS.get(name)?.[scheme]);

    expect(contrast(colourOf(front), colourOf(back))).toBeGreaterThanOrEqual(4.5);
  });
});
