import { createHash } from 'node:crypto';

/** Which rotation an execution belongs to. */
export interface RotationIdentity {
  readonly secretArn: string;
  readonly secretName: string;
  readonly clientRequestToken: string;
}

/** Leaves room for the hash and a suffix within the 80 characters of an execution name. */
const READABLE_LENGTH = 40;
const HASH_LENGTH = 24;

/**
 * The name of a rotation's execution: a pure function of the secret's ARN and the ClientRequestToken, so that a
 * repeated call finds the execution instead of starting a second one. It begins with the secret's name, for the
 * reader of the console.
 *
 * @param suffix tells further executions of the same rotation apart
 * @see AWS Step Functions API Reference, StartExecution: 80 characters; 0-9, A-Z, a-z, - and _ are safe everywhere
 */
export function executionName(rotation: RotationIdentity, suffix = ''): string {
  const readable = rotation.secretName.replace(/[^0-9A-Za-z_-]+/g, '-').slice(0, READABLE_LENGTH);
  const hash = createHash('sha256')
    .update(`${rotation.secretArn}\n${rotation.clientRequestToken}`)
    .digest('hex')
    .slice(0, HASH_LENGTH);
  return `${readable}-${hash}${suffix}`;
}
