import { readFileSync } from 'node:fs';

/**
 * Replaces the AWS CLI when a test runs commands of the documentation: calls the operation with the AWS SDK, configured
 * by the environment, and prints the response. Supports only what those commands use.
 */

interface Client {
  readonly send: (command: object) => Promise<Record<string, unknown>>;
}
type Constructor<Instance> = new (input: object) => Instance;

const SERVICES: Readonly<Record<string, () => Promise<object>>> = {
  dynamodb: () => import('@aws-sdk/client-dynamodb'),
  kms: () => import('@aws-sdk/client-kms'),
  lambda: () => import('@aws-sdk/client-lambda'),
  secretsmanager: () => import('@aws-sdk/client-secrets-manager'),
};

/** Options of the CLI itself, and parameters that are JSON. */
const CLI_OPTIONS = ['query', 'output'];
const JSON_PARAMETERS = ['encryption-context', 'expression-attribute-values'];

const [service = '', operation = '', ...args] = process.argv.slice(2);
const load = SERVICES[service];
if (load === undefined) throw new Error(`The service ${service} is not supported.`);
const options = optionsOf(args);
const sdk = Object.entries(await load());
const client = new (find<Client>(/^(?!_)[A-Za-z]+Client$/))({});
const input = [...options].flatMap(([name, value]) =>
  CLI_OPTIONS.includes(name) ? [] : [[pascalCase(name), parameter(name, value)] as const],
);
const command = new (find<object>(new RegExp(`^${pascalCase(operation)}Command$`)))(
  Object.fromEntries(input),
);
const response = await client.send(command);
const query = options.get('query');
print(query === undefined ? response : valueAt(response, query));

function find<Instance>(name: RegExp): Constructor<Instance> {
  const [, found] = sdk.find(([exported]) => name.test(exported)) ?? [];
  if (found === undefined) throw new Error(`The SDK of ${service} has no ${name}.`);
  return found as Constructor<Instance>;
}

function optionsOf(list: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let index = 0; index < list.length; index++) {
    const name = list[index] ?? '';
    const next = list[index + 1];
    if (!name.startsWith('--')) throw new Error(`${name} is not an option.`);
    const hasValue = next !== undefined && !next.startsWith('--');
    found.set(name.slice(2), hasValue ? next : 'true');
    if (hasValue) index++;
  }
  return found;
}

function parameter(name: string, value: string): unknown {
  if (value.startsWith('fileb://')) return readFileSync(value.slice('fileb://'.length));
  const text = value.startsWith('file://') ? readFileSync(value.slice('file://'.length), 'utf8') : value;
  if (JSON_PARAMETERS.includes(name)) return JSON.parse(text);
  return text === 'true' ? true : text;
}

function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

function valueAt(value: unknown, query: string): unknown {
  return query
    .split('.')
    .reduce<unknown>((found, member) => (found as Record<string, unknown> | undefined)?.[member], value);
}

function print(value: unknown): void {
  const text =
    value instanceof Uint8Array
      ? Buffer.from(value).toString('base64')
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  process.stdout.write(`${text}\n`);
}
