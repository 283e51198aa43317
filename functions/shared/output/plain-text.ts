/**
 * Characters that act on a reader's terminal or mail program instead of being shown: controls (C0, DEL, C1), bidi and
 * other invisible formatting characters, line separators and lone surrogates.
 */
const ACTING_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Untrusted text as one harmless line: without acting characters, and cut to a length in characters. */
export function oneLine(text: string, maxLength: number): string {
  const line = text.replace(ACTING_CHARACTERS, ' ').replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= maxLength ? line : `${characters.slice(0, maxLength - 3).join('')}...`;
}

/** Quotes a word of a suggested command, so that a POSIX shell takes it literally. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
