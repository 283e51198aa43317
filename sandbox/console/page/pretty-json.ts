/** Formats JSON over several lines, also JSON within texts. Any other text stays as it is. */
export function prettyJson(value: unknown): string {
  const opened = openTexts(value);
  return typeof opened === 'string' ? opened : JSON.stringify(opened, undefined, 2);
}

function openTexts(value: unknown): unknown {
  if (typeof value === 'string') return /^\s*[[{]/.test(value) ? openText(value) : value;
  if (Array.isArray(value)) return value.map(openTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, openTexts(member)]));
}

function openText(text: string): unknown {
  try {
    return openTexts(JSON.parse(text));
  } catch {
    return text;
  }
}
