import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PROJECT } from '../../demonstration/project.ts';

/** The type of a request member, as the AWS SDK declares it. */
export type SdkType =
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'structure'; readonly members: ReadonlyMap<string, () => SdkType> }
  | { readonly kind: 'list' | 'map'; readonly item: () => SdkType }
  | { readonly kind: 'other' };

/** The declarations of one client, by name. */
interface Declarations {
  readonly interfaces: ReadonlyMap<string, { readonly parents: readonly string[]; readonly body: string }>;
  readonly enums: ReadonlyMap<string, readonly string[]>;
}

/**
 * The input of an operation, read from the type declarations that the client of its service ships. The declarations
 * are generated and all have the same form.
 *
 * @param client the part of the package's name after `client-`
 */
export function sdkInput(client: string, operation: string): SdkType & { readonly kind: 'structure' } {
  const types = path.join(PROJECT, `node_modules/@aws-sdk/client-${client}/dist-types`);
  const models = readdirSync(path.join(types, 'models')).map(name => path.join(types, 'models', name));
  const sources = [...models, path.join(types, 'commands', `${operation}Command.d.ts`)];
  const known = declarations(sources.map(file => readFileSync(file, 'utf8')).join('\n'));
  const input = typeOf(`${operation}CommandInput`, known);
  if (input.kind === 'structure') return input;
  throw new Error(`The types of client-${client} declare no ${operation}CommandInput.`);
}

function declarations(source: string): Declarations {
  const text = source.replaceAll(/\/\*[\s\S]*?\*\//g, '');
  const interfaces = [
    ...text.matchAll(/^export interface (\w+)(?: extends ([\w, ]+))? \{\n([\s\S]*?)^\}/gm),
    // A command replaces the types of some members of its request.
    ...text.matchAll(/^export type (\w+) = Omit<(\w+), [^>]+> & \{\n([\s\S]*?)^\};/gm),
  ];
  const enums = text.matchAll(/^export declare const (\w+): \{\n([\s\S]*?)^\};/gm);
  return {
    interfaces: new Map(
      interfaces.map(([, name = '', parents, body = '']) => [
        name,
        { parents: parents?.split(', ').map(parent => parent.trim()) ?? [], body },
      ]),
    ),
    enums: new Map(
      [...enums].map(([, name = '', body = '']) => [
        name,
        [...body.matchAll(/: "([^"]+)";/g)].map(([, value = '']) => value),
      ]),
    ),
  };
}

function typeOf(text: string, known: Declarations): SdkType {
  const name = text.replaceAll(' | undefined', '').trim();
  const listed = /^\(?(.+?)\)?\[\]$/.exec(name)?.[1];
  if (listed !== undefined) return { kind: 'list', item: () => typeOf(listed, known) };
  const mapped = /^Record<string, (.+)>$/.exec(name)?.[1];
  if (mapped !== undefined) return { kind: 'map', item: () => typeOf(mapped, known) };
  const values = known.enums.get(name);
  if (values !== undefined) return { kind: 'enum', values };
  if (!known.interfaces.has(name)) return { kind: 'other' };
  return { kind: 'structure', members: membersOf(name, known) };
}

function membersOf(name: string, known: Declarations): Map<string, () => SdkType> {
  const { parents, body } = known.interfaces.get(name) ?? { parents: [], body: '' };
  const own = [...body.matchAll(/^ {4}(\w+)\??: (.+);$/gm)].map(
    ([, member = '', type = '']) => [member, () => typeOf(type, known)] as const,
  );
  return new Map([...parents.flatMap(parent => [...membersOf(parent, known)]), ...own]);
}
