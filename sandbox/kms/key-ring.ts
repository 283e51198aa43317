import { randomUUID } from 'node:crypto';
import type { Account } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Clock } from '../clock.ts';
import { Key } from './key.ts';

/** The account and region of the keys. */
export interface KeyRingOptions extends Account {
  readonly clock: Clock;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KEY_OR_ALIAS_ARN = /^arn:[^:]*:kms:([^:]*):[^:]*:((?:key|alias)\/.+)$/;

/** The keys and aliases of one account and region. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  readonly #keys = new Map<string, Key>();
  readonly #keyIdByAlias = new Map<string, string>();

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  /** Adds a key. */
  create(properties: { keyId?: string; description?: string; enableKeyRotation?: boolean }): Key {
    const id = properties.keyId ?? randomUUID();
    const key = new Key({
      clock: this.#options.clock,
      id,
      arn: this.#arn(`key/${id}`),
      description: properties.description ?? '',
      enableKeyRotation: properties.enableKeyRotation ?? false,
    });
    this.#keys.set(id, key);
    return key;
  }

  /** Adds an alias, `alias/…`, to a key. */
  addAlias(alias: string, keyId: string): void {
    this.#keyIdByAlias.set(alias, this.find(keyId).id);
  }

  /**
   * Finds a key by key id, key ARN, alias or alias ARN.
   *
   * @throws AwsError NotFoundException
   */
  find(identifier: string): Key {
    const match = KEY_OR_ALIAS_ARN.exec(identifier);
    const name = match?.[2]?.replace(/^key\//, '') ?? identifier;
    const isAlias = name.startsWith('alias/');
    const arn = this.#arn(isAlias ? name : `key/${name}`);
    const key = this.byId(isAlias ? this.#keyIdByAlias.get(name) : name);
    // An ARN must also name this partition and account.
    if (key !== undefined && (identifier === name || identifier === arn)) return key;

    if (match !== null && match[1] !== this.#options.region) throw notFound(`Invalid arn ${match[1]}`);
    if (isAlias) throw notFound(`Alias ${match === null ? arn : identifier} is not found.`);
    if (match === null && !UUID.test(name)) throw notFound(`Invalid keyId '${name}'`);
    throw notFound(`Key '${match === null ? arn : identifier}' does not exist`);
  }

  /** The key with exactly this id; undefined when it does not exist or was deleted. */
  byId(keyId: string | undefined): Key | undefined {
    const key = keyId === undefined ? undefined : this.#keys.get(keyId);
    return key?.isDeleted ? undefined : key;
  }

  #arn(resource: string): string {
    const { partition, region, accountId } = this.#options;
    return `arn:${partition}:kms:${region}:${accountId}:${resource}`;
  }
}

function notFound(message: string): AwsError {
  return new AwsError('NotFoundException', message);
}
