import { randomBytes } from 'node:crypto';
import type { Account } from './account.ts';
import type { Caller } from './service.ts';

/** The credentials with which a client signs its requests. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Set for the credentials of a role. */
  readonly sessionToken?: string;
}

/** An access key and its owner. */
export interface Identity {
  readonly accessKey: AccessKey;
  readonly caller: Caller;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ROLE_ARN = /^arn:([^:]+):iam::(\d{12}):role\/(?:.+\/)?([^/]+)$/;

/**
 * Issues access keys and resolves their owners. Users and roles are created on first use, and their unique ids do not
 * change.
 *
 * @see AWS Identity and Access Management User Guide, "IAM identifiers"
 */
export class Identities {
  readonly #accountId: string;
  readonly #partition: string;
  readonly #identities = new Map<string, Identity>();
  readonly #uniqueIds = new Map<string, string>();

  constructor(options: Pick<Account, 'accountId' | 'partition'>) {
    this.#accountId = options.accountId;
    this.#partition = options.partition;
  }

  userArn(name: string): string {
    return `arn:${this.#partition}:iam::${this.#accountId}:user/${name}`;
  }

  /** Issues a permanent key to the user `name`. */
  issueUser(name: string): AccessKey {
    const arn = this.userArn(name);
    const accessKey = {
      accessKeyId: identifier('AKIA', 16),
      secretAccessKey: randomBytes(30).toString('base64'),
    };
    return this.#keep(accessKey, {
      accountId: this.#accountId,
      arn,
      userId: this.#uniqueId(arn, 'AIDA'),
    });
  }

  /**
   * Issues credentials of a role. Unlike in AWS, they never expire.
   *
   * @param role.sessionName the function's name when Lambda assumes the role for a function
   * @param role.functionArn the function that gets the credentials
   * @throws TypeError when `roleArn` is not a role ARN
   */
  issueRole(role: { roleArn: string; sessionName: string; functionArn?: string }): AccessKey {
    const match = ROLE_ARN.exec(role.roleArn);
    if (match === null) throw new TypeError(`Not a role ARN: ${role.roleArn}`);
    const [, partition = '', accountId = '', roleName = ''] = match;
    const accessKey = {
      accessKeyId: identifier('ASIA', 16),
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(300).toString('base64'),
    };
    return this.#keep(accessKey, {
      accountId,
      arn: `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${role.sessionName}`,
      userId: `${this.#uniqueId(role.roleArn, 'AROA')}:${role.sessionName}`,
      roleArn: role.roleArn,
      functionArn: role.functionArn,
    });
  }

  /** The owner of a key; undefined for an unknown key. */
  find(accessKeyId: string): Identity | undefined {
    return this.#identities.get(accessKeyId);
  }

  #keep(accessKey: AccessKey, caller: Caller): AccessKey {
    this.#identities.set(accessKey.accessKeyId, { accessKey, caller });
    return accessKey;
  }

  #uniqueId(arn: string, prefix: string): string {
    const known = this.#uniqueIds.get(arn);
    if (known !== undefined) return known;
    const uniqueId = identifier(prefix, 17);
    this.#uniqueIds.set(arn, uniqueId);
    return uniqueId;
  }
}

function identifier(prefix: string, length: number): string {
  let text = prefix;
  for (const byte of randomBytes(length)) text += BASE32.charAt(byte % BASE32.length);
  return text;
}
