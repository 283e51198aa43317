import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** PNG, third edition (W3C), "PNG signature". */
const SIGNATURE_BYTES = 8;
/** A screenshot without transparency: one byte each for red, green and blue. */
const PIXEL_BYTES = 3;

/**
 * Recompresses a screenshot without filters, which makes pages of flat colours smaller.
 *
 * @see PNG, third edition (W3C), "Filtering"
 */
export function packedPng(png: Buffer): Buffer {
  const chunks = readChunks(png);
  const header = chunks.find(({ type }) => type === 'IHDR')?.data ?? Buffer.alloc(0);
  const width = header.readUInt32BE(0);
  const packed = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  const pixels = unfiltered(inflateSync(Buffer.concat(packed)), width * PIXEL_BYTES);
  return Buffer.concat([
    png.subarray(0, SIGNATURE_BYTES),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function readChunks(png: Buffer): { readonly type: string; readonly data: Buffer }[] {
  const chunks = [];
  for (let at = SIGNATURE_BYTES; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({
      type: png.toString('latin1', at + 4, at + 8),
      data: png.subarray(at + 8, at + 8 + length),
    });
    at += length + 12;
  }
  return chunks;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** Removes the filter of each line. A line starts with a byte for its filter; 0 is none. */
function unfiltered(lines: Buffer, lineBytes: number): Buffer {
  const result = Buffer.alloc(lines.length);
  for (let start = 0; start < lines.length; start += lineBytes + 1) {
    const filter = lines[start];
    for (let at = start + 1; at <= start + lineBytes; at++) {
      const isFirst = at - start <= PIXEL_BYTES;
      const left = isFirst ? 0 : (result[at - PIXEL_BYTES] ?? 0);
      const up = result[at - lineBytes - 1] ?? 0;
      const upLeft = isFirst ? 0 : (result[at - lineBytes - 1 - PIXEL_BYTES] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, upLeft)][filter ?? 0] ?? 0;
      result[at] = (lines[at] ?? 0) + guess;
    }
  }
  return result;
}

function paeth(left: number, up: number, upLeft: number): number {
  const guess = left + up - upLeft;
  const [toLeft, toUp, toUpLeft] = [left, up, upLeft].map(value => Math.abs(guess - value));
  if (toLeft === undefined || toUp === undefined || toUpLeft === undefined) return 0;
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}
