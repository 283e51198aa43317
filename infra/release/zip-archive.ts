import { crc32 } from 'node:zlib';

/** A file in an archive. */
export interface ArchivedFile {
  /** The name without a folder. */
  readonly name: string;
  readonly content: Buffer;
}

/** The earliest MS-DOS date: 1 January 1980, midnight. */
const DATE = 0x21;
const TIME = 0;
/** Version 2.0 of the format, which every program reads. The upper byte of `MADE_BY_UNIX` declares Unix modes. */
const VERSION = 20;
const MADE_BY_UNIX = (3 << 8) | VERSION;
/** A world-readable regular file: Lambda runs functions as a user who does not own the code. */
const MODE = 0o100644;

/**
 * Creates a ZIP archive whose bytes depend only on names and contents. The files are stored, not compressed, because
 * zlib's output differs between versions and processors. Lambda's limit is on the unpacked size anyway.
 *
 * @see PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", sections 4.3.7, 4.3.12 and 4.3.16
 */
export function zipArchive(files: readonly ArchivedFile[]): Buffer {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of sorted) {
    const fileName = Buffer.from(name);
    const described = description(fileName, content);
    const local = Buffer.concat([bytes([0x04034b50, 4]), described, fileName, content]);
    parts.push(local);
    directory.push(
      bytes([0x02014b50, 4], [MADE_BY_UNIX, 2]),
      described,
      // No comment, disk 0, no internal attributes, the mode, the file's offset.
      bytes([0, 2], [0, 2], [0, 2], [MODE * 2 ** 16, 4], [offset, 4]),
      fileName,
    );
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = bytes(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [sorted.length, 2],
    [sorted.length, 2],
    [central.length, 4],
    [offset, 4],
    [0, 2],
  );
  return Buffer.concat([...parts, central, end]);
}

/** The part that both headers of a file share: no flags, stored, date, checksum, both sizes, lengths of name and extra. */
function description(fileName: Buffer, content: Buffer): Buffer {
  return bytes(
    [VERSION, 2],
    [0, 2],
    [0, 2],
    [TIME, 2],
    [DATE, 2],
    [crc32(content), 4],
    [content.length, 4],
    [content.length, 4],
    [fileName.length, 2],
    [0, 2],
  );
}

/** Encodes numbers of the given lengths in bytes, little-endian. */
function bytes(...numbers: readonly (readonly [value: number, length: number])[]): Buffer {
  const buffer = Buffer.alloc(numbers.reduce((sum, [, length]) => sum + length, 0));
  let offset = 0;
  for (const [value, length] of numbers) offset = buffer.writeUIntLE(value, offset, length);
  return buffer;
}
