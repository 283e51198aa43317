/**
 * Characters that a terminal or mail program interprets instead of displaying: controls (C0, DEL, C1), bidi and
 * other invisible formatting characters, line separators and lone surrogates.
 */
const UNSAFE_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Untrusted text as one harmless line: without unsafe characters, and truncated to a maximum number of characters. */
export function oneLine(text: string, maxLength: number): string {
  const line = text.replace(UNSAFE_CHARACTERS, ' ').replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= maxLength ? line : `${characters.slice(0, maxLength - 3).join('')}...`;
}

/** Quotes a word of a suggested command, so that a POSIX shell takes it literally. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
