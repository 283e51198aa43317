/** An element; `content` is XML already, and the root element carries the namespace. */
export function element(name: string, content: string, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<${name}${attribute}>${content}</${name}>`;
}

/**
 * The members of an answer, an element each: texts, numbers and truth values, structures, and lists of these.
 *
 * @throws TypeError a member is anything else
 * @see Smithy 2.0, "XML bindings"
 */
export function members(output: object): string {
  return Object.entries(output)
    .map(([name, value]: [string, unknown]) => element(name, content(name, value)))
    .join('');
}

function content(name: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return escapeXml(value);
    case 'number':
    case 'boolean':
      return String(value);
    case 'object':
      if (Array.isArray(value)) return value.map(item => element('member', content(name, item))).join('');
      if (value !== null) return members(value);
  }
  throw new TypeError(`The member ${name} has no form in XML.`);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
