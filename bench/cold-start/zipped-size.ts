import { deflateRawSync } from 'node:zlib';

/** A file of a ZIP archive: its local header, its entry in the central directory, and its name in both. */
const HEADERS_BYTES = 30 + 46;

/** The end of the central directory. */
const END_BYTES = 22;

/** A file of a deployment package. */
export interface PackedFile {
  /** Its path in the package. */
  readonly path: string;
  readonly contents: Uint8Array;
}

/**
 * How large a deployment package of these files is, in bytes.
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
