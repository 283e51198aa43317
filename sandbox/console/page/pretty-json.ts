/** Formats JSON over several lines, including JSON inside strings. Other strings are unchanged. */
export function prettyJson(value: unknown): string {
  const parsed = parseNested(value);
  return typeof parsed === 'string' ? parsed : JSON.stringify(parsed, undefined, 2);
}

function parseNested(value: unknown): unknown {
  if (typeof value === 'string') return /^\s*[[{]/.test(value) ? parseString(value) : value;
  if (Array.isArray(value)) return value.map(parseNested);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, parseNested(member)]));
}

function parseString(text: string): unknown {
  try {
    return parseNested(JSON.parse(text));
  } catch {
    return text;
  }
}
