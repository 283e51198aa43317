import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { ConsolePage } from './console-page.ts';
import { packedPng } from './packed-png.ts';

/** `SCREENSHOTS=write npm test` writes the screenshots of the docs. */
const IS_WRITING = process.env.SCREENSHOTS === 'write';

/** Keeps clones small. */
const MAX_BYTES = 200_000;

/** Takes a screenshot of the window, as the docs show it. */
export async function takeScreenshot(
  { page }: ConsolePage,
  name: string,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate('scrollTo(0, 0)');
  const picture = await page.screenshot({ animations: 'disabled' });
  await page.emulateMedia({ colorScheme: 'light' });

  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1280, 760]);
  if (!IS_WRITING) return;
  const packed = packedPng(picture);
  expect(packed.length).toBeLessThan(MAX_BYTES);
  writeFileSync(fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url)), packed);
}
