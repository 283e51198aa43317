/** A member of a request as a form carries it; what is no list and no structure is text. */
export type FormValue = string | readonly FormValue[] | { readonly [member: string]: FormValue };

/** What a form means while it is read: a text, or the parts of a list, a map or a structure by their names. */
type Parts = Map<string, Parts | string>;

/**
 * The members of a request in the AWS Query protocol: `Names.member.1=a` is an item of a list, `Entry.Key=b` a member
 * of a structure. A map, `Attributes.entry.1.key` and so on, is left in its parts.
 *
 * @see Smithy 2.0, AWS query protocol, "Query key resolution"
 */
export function formMembers(body: Buffer): Readonly<Record<string, FormValue>> {
  const form: Parts = new Map();
  for (const [name, text] of new URLSearchParams(body.toString('utf8'))) put(form, name.split('.'), text);
  return structure(form);
}

function put(parts: Parts, [name = '', ...rest]: readonly string[], text: string): void {
  if (rest.length === 0) {
    parts.set(name, text);
    return;
  }
  const known = parts.get(name);
  const below: Parts = known instanceof Map ? known : new Map();
  parts.set(name, below);
  put(below, rest, text);
}

function structure(parts: Parts): Readonly<Record<string, FormValue>> {
  return Object.fromEntries([...parts].map(([name, part]) => [name, formValue(part)]));
}

function formValue(part: Parts | string): FormValue {
  if (typeof part === 'string') return part;
  const items = part.get('member');
  if (!(items instanceof Map) || part.size > 1) return structure(part);
  return [...items].sort(([one], [other]) => Number(one) - Number(other)).map(([, item]) => formValue(item));
}
