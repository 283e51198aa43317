/**
 * The forms in which a secret could stand in a text: as it is, URL-encoded, and in Base64, also within a longer
 * encoded text, where its first and last characters depend on what stands beside it.
 */
function formsOf(value: string): string[] {
  const base64 = [0, 1, 2].map(offset => {
    const encoded = Buffer.from('\0'.repeat(offset) + value).toString('base64');
    const wholeCharacters = Math.floor(((offset + Buffer.byteLength(value)) * 8) / 6);
    return encoded.slice(Math.ceil((offset * 8) / 6), wholeCharacters);
  });
  return [...new Set([value, encodeURIComponent(value), ...base64])];
}

/** The secrets that stand in a text in any form. */
export function leaksIn(text: string, secretValues: readonly string[]): string[] {
  return secretValues.filter(value => formsOf(value).some(form => text.includes(form)));
}
