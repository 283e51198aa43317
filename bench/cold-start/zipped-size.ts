import { deflateRawSync } from 'node:zlib';

/** The local header and the central directory entry of a file, without its name. */
const HEADERS_BYTES = 30 + 46;

/** The end of central directory record. */
const END_BYTES = 22;

/** A file of a deployment package. */
export interface PackedFile {
  /** Its path in the package. */
  readonly path: string;
  readonly contents: Uint8Array;
}

/**
 * The size of a deployment package of these files, in bytes.
 *
 * @see PKWARE, "APPNOTE.TXT - .ZIP File Format Specification"
 */
export function zippedBytes(files: readonly PackedFile[]): number {
  return files.reduce(
    (sum, { path, contents }) =>
      sum + HEADERS_BYTES + 2 * Buffer.byteLength(path) + deflateRawSync(contents, { level: 9 }).length,
    END_BYTES,
  );
}
