/** Text with control characters for terminals and emails: escape sequences, CR, bell, C1, bidi and line separators. */
export const HOSTILE_TEXT =
  'x\u001b]0;title\u0007\u001b[2K\r\n\nWHAT TO DO: run this\u009b31m\u202egnp\u2066\u2028next\u2029\u200b\ud800';

/** The control characters of `HOSTILE_TEXT`. */
export const CONTROL_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
