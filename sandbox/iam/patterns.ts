/** Whether a text matches a pattern. */
export type Matcher = (text: string) => boolean;

const ARN_FIELDS = 6;

/**
 * A pattern in which `*` matches any number of characters and `?` exactly one.
 *
 * @see AWS IAM User Guide, "IAM JSON policy elements: Action" (case-insensitive) and "Resource" (case-sensitive)
 */
export function wildcardMatcher(pattern: string, { ignoreCase = false } = {}): Matcher {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  if (!/[*?]/.test(pattern)) {
    const literal = fold(pattern);
    return text => fold(text) === literal;
  }
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, ignoreCase ? 'si' : 's');
  return text => expression.test(text);
}

/**
 * An ARN pattern. Its six fields are compared separately: a wildcard does not match across colons. The last field is
 * everything after the fifth colon.
 *
 * @see AWS IAM User Guide, "IAM JSON policy elements: Condition operators", ARN condition operators
 */
export function arnMatcher(pattern: string): Matcher {
  const fields = arnFields(pattern).map(field => wildcardMatcher(field));
  return text => {
    const parts = arnFields(text);
    return (
      parts.length === ARN_FIELDS &&
      fields.length === ARN_FIELDS &&
      fields.every((matches, index) => matches(parts[index] ?? ''))
    );
  };
}

/**
 * The `Resource` element of a policy: `*`, or an ARN pattern whose missing fields default to `*`.
 *
 * @see AWS IAM User Guide, "IAM JSON policy elements: Resource"
 */
export function resourceMatcher(pattern: string): Matcher {
  if (pattern === '*') return () => true;
  const missing = ARN_FIELDS - arnFields(pattern).length;
  return arnMatcher(pattern + ':*'.repeat(missing));
}

function arnFields(arn: string): string[] {
  const parts = arn.split(':');
  return [
    ...parts.slice(0, ARN_FIELDS - 1),
    ...(parts.length < ARN_FIELDS ? [] : [parts.slice(ARN_FIELDS - 1).join(':')]),
  ];
}
