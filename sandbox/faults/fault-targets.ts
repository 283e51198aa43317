import type { AwsService } from '../aws/service.ts';
import {
  AWS_FAULTS,
  type FaultKind,
  type FaultRule,
  FUNCTION_FAULTS,
  GENESYS_FAULTS,
  InvalidFault,
  ITEM_WRITE_FAULTS,
  KEY_FAULTS,
  NAMED_REFUSAL,
} from './fault-rule.ts';
import { usesKey } from './key-faults.ts';

/** A deployed function. */
export interface FunctionTarget {
  readonly name: string;
  readonly timeoutSeconds: number;
}

/** Where a fault is injected. */
type Sort = 'aws' | 'function' | 'genesys';

const KINDS: Readonly<Record<Sort, readonly FaultKind[]>> = {
  aws: [...AWS_FAULTS, NAMED_REFUSAL],
  function: FUNCTION_FAULTS,
  genesys: GENESYS_FAULTS,
};

/**
 * The operations that a transaction can conflict with (Amazon DynamoDB Developer Guide, "Amazon DynamoDB Transactions:
 * How it works").
 */
export const ITEM_WRITES: ReadonlySet<string> = new Set([
  'dynamodb:DeleteItem',
  'dynamodb:PutItem',
  'dynamodb:TransactWriteItems',
  'dynamodb:UpdateItem',
]);

const GENESYS_ENDPOINTS = ['authorize', 'token', 'users/me', 'tokens/me'];

/** The functions that call each endpoint; `by` names another one. */
const CALLERS: ReadonlyMap<string, string> = new Map([
  ['genesys:token', 'refresh'],
  ['genesys:users/me', 'verify'],
]);

/** What a rule applies to. */
export interface FaultScope {
  /** The matching targets that its kind applies to. */
  readonly targets: ReadonlySet<string>;
  /** The short names of the functions during whose invocations connections to Genesys Cloud are refused. */
  readonly refusedFunctions: ReadonlySet<string>;
  /** Whether only calls of functions match. */
  readonly functionsOnly: boolean;
}

/** All targets of faults: AWS operations, functions, and endpoints of Genesys Cloud. */
export class FaultTargets {
  readonly #services: () => readonly AwsService[];
  readonly #functions: ReadonlyMap<string, FunctionTarget>;
  readonly #shortNames: ReadonlyMap<string, string>;

  /** @param services is called when a rule is added */
  constructor(functions: readonly FunctionTarget[], services: () => readonly AwsService[]) {
    this.#services = services;
    const prefix = commonPrefix(functions.map(({ name }) => name));
    this.#functions = new Map(functions.map(each => [each.name.slice(prefix.length), each]));
    this.#shortNames = new Map([...this.#functions].map(([shortName, { name }]) => [name, shortName]));
  }

  /** A function's short name: without the common prefix of all functions. */
  shortName(functionName: string): string {
    return this.#shortNames.get(functionName) ?? functionName;
  }

  /** @returns undefined when there is no such function */
  function(shortName: string): FunctionTarget | undefined {
    return this.#functions.get(shortName);
  }

  /**
   * Resolves what a rule applies to.
   *
   * @throws InvalidFault there is no such target or function, or the kind does not apply to it
   */
  scope({ target, kind, by }: FaultRule): FaultScope {
    const matched = this.#matching(target);
    if (matched.size === 0) {
      throw new InvalidFault(`Bad fault: unknown target ${target}. Examples: ${this.#examples()}.`);
    }
    const possible = [...matched].filter(([name, sort]) => kindsOf(name, sort).includes(kind));
    if (possible.length === 0) {
      const kinds = new Set([...matched].flatMap(([name, sort]) => kindsOf(name, sort)));
      throw new InvalidFault(
        `Bad fault: ${kind} does not apply to ${target}. Choose one of: ${[...kinds].join(', ')}.`,
      );
    }
    const refuses = kind === 'connection-refused';
    const effective = possible.filter(
      ([, sort]) => by === undefined || sort === 'aws' || (refuses && sort === 'genesys'),
    );
    if (by !== undefined) this.#checkCaller(by, target, effective.length > 0);
    const refused = refuses ? effective.filter(([, sort]) => sort === 'genesys').map(([name]) => name) : [];
    return {
      targets: new Set(effective.map(([name]) => name)),
      refusedFunctions: this.#refusedFunctions(target, by, refused),
      functionsOnly: target.includes('*'),
    };
  }

  #checkCaller(by: string, target: string, possible: boolean): void {
    if (by !== 'operator' && !this.#functions.has(by)) {
      const names = [...this.#functions.keys()].join(', ');
      throw new InvalidFault(`Bad fault: there is no function ${by}; by is operator or one of ${names}.`);
    }
    if (!possible) throw new InvalidFault(`Bad fault: by belongs to calls of AWS, which ${target} is not.`);
  }

  #refusedFunctions(
    target: string,
    by: string | undefined,
    endpoints: readonly string[],
  ): ReadonlySet<string> {
    if (endpoints.length === 0) return new Set();
    const names = by === undefined ? endpoints.map(endpoint => CALLERS.get(endpoint)) : [by];
    const known = names.filter(name => name !== undefined && this.#functions.has(name));
    if (known.length === 0) {
      throw new InvalidFault(
        `Bad fault: connections to ${target} can be refused to functions only; name one with by.`,
      );
    }
    return new Set(known.filter(name => name !== undefined));
  }

  #matching(target: string): ReadonlyMap<string, Sort> {
    const pattern = patternOf(target);
    return new Map([...this.#all()].filter(([name]) => pattern.test(name)));
  }

  *#all(): Generator<[string, Sort]> {
    for (const { id, operations } of this.#services()) {
      for (const name of Object.keys(operations)) yield [`${id}:${name}`, 'aws'];
    }
    for (const shortName of this.#functions.keys()) yield [`lambda:${shortName}`, 'function'];
    for (const endpoint of GENESYS_ENDPOINTS) yield [`genesys:${endpoint}`, 'genesys'];
  }

  #examples(): string {
    const first = new Map([...this.#all()].map(([name, sort]) => [sort, name]));
    return [...first.values()].join(', ');
  }
}

function kindsOf(target: string, sort: Sort): readonly FaultKind[] {
  return [
    ...KINDS[sort],
    ...(ITEM_WRITES.has(target) ? ITEM_WRITE_FAULTS : []),
    ...(usesKey(target) ? KEY_FAULTS : []),
  ];
}

/** `*` matches any text up to the colon; alone it matches everything. */
function patternOf(target: string): RegExp {
  if (target === '*') return /^/;
  const escaped = target.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '[^:]*')}$`);
}

/** The longest common prefix that ends in a hyphen. */
function commonPrefix([first = '', ...others]: readonly string[]): string {
  const parts = first.split('-');
  for (let count = others.length === 0 ? 0 : parts.length - 1; count > 0; count--) {
    const prefix = `${parts.slice(0, count).join('-')}-`;
    if (others.every(name => name.startsWith(prefix))) return prefix;
  }
  return '';
}
