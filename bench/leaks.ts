/** The length of the hashed window; forms shorter than this are searched one by one. */
const WINDOW = 16;
const FACTOR = 31;
/** FACTOR ** (WINDOW - 1) in 32 bits: the factor of the character that leaves the window. */
const LEAVING = Array.from({ length: WINDOW - 1 }).reduce<number>(power => Math.imul(power, FACTOR), 1);
const FILTER_BITS = 22;

/**
 * Searches texts for many secrets at once, in time almost independent of their number: it compares a rolling hash of
 * the text (Rabin-Karp) with the beginnings of all forms.
 */
export class LeakSearch {
  readonly #values = new Set<string>();
  readonly #byHash = new Map<number, { readonly form: string; readonly value: string }[]>();
  readonly #short: { readonly form: string; readonly value: string }[] = [];
  /** Excludes most positions without a lookup in the map. */
  readonly #filter = new Uint8Array(1 << FILTER_BITS);

  /** Adds secrets; known ones are skipped. */
  add(secretValues: Iterable<string>): void {
    for (const value of secretValues) {
      if (this.#values.has(value)) continue;
      this.#values.add(value);
      for (const form of formsOf(value)) this.#addForm(form, value);
    }
  }

  /** The secrets that a text contains in any form. */
  in(text: string): string[] {
    const found = new Set(this.#short.filter(({ form }) => text.includes(form)).map(({ value }) => value));
    let hash = 0;
    for (let end = 0; end < text.length; end++) {
      if (end >= WINDOW) hash = (hash - Math.imul(text.charCodeAt(end - WINDOW), LEAVING)) | 0;
      hash = (Math.imul(hash, FACTOR) + text.charCodeAt(end)) | 0;
      if (end < WINDOW - 1 || this.#filter[slotOf(hash)] === 0) continue;
      for (const { form, value } of this.#byHash.get(hash) ?? []) {
        if (text.startsWith(form, end - WINDOW + 1)) found.add(value);
      }
    }
    return [...found];
  }

  #addForm(form: string, value: string): void {
    if (form.length < WINDOW) {
      this.#short.push({ form, value });
      return;
    }
    let hash = 0;
    for (let index = 0; index < WINDOW; index++)
      hash = (Math.imul(hash, FACTOR) + form.charCodeAt(index)) | 0;
    this.#filter[slotOf(hash)] = 1;
    this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), { form, value }]);
  }
}

/** The secrets that a text contains in any form. */
export function leaksIn(text: string, secretValues: readonly string[]): string[] {
  const search = new LeakSearch();
  search.add(secretValues);
  return search.in(text);
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> FILTER_BITS)) & ((1 << FILTER_BITS) - 1);
}

/**
 * The forms of a secret: verbatim, URL-encoded, and in Base64. Within a longer encoded text, the first and last Base64
 * characters depend on the adjacent bytes, so they are omitted.
 */
function formsOf(value: string): Set<string> {
  const base64 = [0, 1, 2].map(offset => {
    const encoded = Buffer.from('\0'.repeat(offset) + value).toString('base64');
    const wholeCharacters = Math.floor(((offset + Buffer.byteLength(value)) * 8) / 6);
    return encoded.slice(Math.ceil((offset * 8) / 6), wholeCharacters);
  });
  return new Set([value, encodeURIComponent(value), ...base64]);
}
