import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { zippedBytes } from '../../../bench/cold-start/zipped-size.ts';

/** Bytes that cannot be compressed. */
const INCOMPRESSIBLE = Buffer.concat(
  Array.from({ length: 32 }, (_, index) => createHash('sha256').update(String(index)).digest()),
);

describe('zippedBytes', () => {
  it('counts the end of the directory of an archive without files', () => {
    expect(zippedBytes([])).toBe(22);
  });

  it('counts headers, the name twice, and the contents', () => {
    // 1,024 bytes in one stored block with a prefix of 5 bytes, 30 and 46 bytes of headers, and the 8-byte name twice.
    expect(zippedBytes([{ path: 'index.js', contents: INCOMPRESSIBLE }])).toBe(1024 + 5 + 30 + 46 + 16 + 22);
  });

  it('counts the compressed size of compressible files', () => {
    expect(zippedBytes([{ path: 'index.js', contents: Buffer.alloc(100_000, 'a') }])).toBeLessThan(300);
  });

  it('counts every file', () => {
    const file = { path: 'a', contents: INCOMPRESSIBLE };

    expect(zippedBytes([file, file])).toBe(2 * zippedBytes([file]) - 22);
  });
});
