import { crc32 } from 'node:zlib';

/** A file of an archive. */
export interface ArchivedFile {
  /** Without a folder. */
  readonly name: string;
  readonly content: Buffer;
}

/** MS-DOS cannot say an earlier date: 1 January 1980, midnight. */
const DATE = 0x21;
const TIME = 0;
/** Version 2.0 of the format, which every program reads; the upper byte of the second says that modes are Unix's. */
const VERSION = 20;
const MADE_BY_UNIX = (3 << 8) | VERSION;
/** A regular file that everyone may read: Lambda runs functions as another user than the one who owns the code. */
const MODE = 0o100644;

/**
 * Makes a ZIP archive whose bytes depend on names and contents only. The files are stored, not compressed: what zlib
 * makes of the same text differs between its versions and processors. Lambda counts the unpacked size in any case.
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
      // No comment, disk 0, no internal attributes, the mode, where the file begins.
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

/** What both headers of a file have in common: no flags, stored, date, checksum, both sizes, lengths of name and extra. */
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

/** Numbers, each with its length in bytes, the lowest byte first. */
function bytes(...numbers: readonly (readonly [value: number, length: number])[]): Buffer {
  const buffer = Buffer.alloc(numbers.reduce((sum, [, length]) => sum + length, 0));
  let offset = 0;
  for (const [value, length] of numbers) offset = buffer.writeUIntLE(value, offset, length);
  return buffer;
}
