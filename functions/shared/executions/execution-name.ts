import { createHash } from 'node:crypto';

/** The purpose of an execution. */
export type Purpose = 'rotate' | 'check-configuration';

/** Which rotation an execution belongs to. */
export interface RotationIdentity {
  readonly secretArn: string;
  readonly secretName: string;
  readonly clientRequestToken: string;
}

/** Leaves room for the hashes and a suffix within the 80 characters of an execution name. */
const READABLE_LENGTH = 40;
const SECRET_HASH_LENGTH = 10;
const ROTATION_HASH_LENGTH = 16;

/**
 * The name of a rotation's execution: a pure function of the secret's ARN and the ClientRequestToken, so that a
 * repeated call finds the execution instead of starting a second one. It begins with the secret's name, to be readable
 * in the Step Functions console.
 *
 * @param suffix distinguishes further executions of the same rotation
 * @see AWS Step Functions API Reference, StartExecution: 80 characters; 0-9, A-Z, a-z, - and _ are safe everywhere
 */
export function executionName(rotation: RotationIdentity, suffix = ''): string {
  const { secretArn, clientRequestToken } = rotation;
  return `${executionNamePrefix(rotation)}${hash(`${secretArn}\n${clientRequestToken}`, ROTATION_HASH_LENGTH)}${suffix}`;
}

/** Distinguishes the execution of a configuration test from that of a rotation. */
export const CONFIGURATION_TEST_SUFFIX = '-check';

const ATTEMPT_NAME = new RegExp(
  `^(?<first>.*-[0-9a-f]{${ROTATION_HASH_LENGTH}}(?<check>${CONFIGURATION_TEST_SUFFIX})?)(?:-(?<number>\\d+))?$`,
);

/** Whether an execution of this name only tests the configuration, and refreshes nothing. */
export function isConfigurationTest(name: string): boolean {
  return ATTEMPT_NAME.exec(name)?.groups?.check !== undefined;
}

/**
 * The name of one attempt of a rotation.
 *
 * @param number counted from 1
 */
export function attemptName(rotation: RotationIdentity, purpose: Purpose, number: number): string {
  const suffix = purpose === 'rotate' ? '' : CONFIGURATION_TEST_SUFFIX;
  return executionName(rotation, number === 1 ? suffix : `${suffix}-${number}`);
}

/** Whether an execution, given by its ARN or name, is an attempt of the rotation. */
export function isAttemptOf(nameOrArn: string, rotation: RotationIdentity, purpose: Purpose): boolean {
  const name = nameOrArn.slice(nameOrArn.lastIndexOf(':') + 1);
  const first = attemptName(rotation, purpose, 1);
  return name.startsWith(first) && /^(-\d+)?$/.test(name.slice(first.length));
}

/**
 * The name or ARN of the next attempt, in the form of the given one; undefined if that is not an attempt of a rotation.
 */
export function nextAttemptOf(nameOrArn: string): string | undefined {
  const { first, number = '1' } = ATTEMPT_NAME.exec(nameOrArn)?.groups ?? {};
  return first === undefined ? undefined : `${first}-${Number(number) + 1}`;
}

/** The common prefix of the names of all executions of a secret; unique to the secret. */
export function executionNamePrefix({
  secretArn,
  secretName,
}: Pick<RotationIdentity, 'secretArn' | 'secretName'>): string {
  const readable = secretName.replace(/[^0-9A-Za-z_-]+/g, '-').slice(0, READABLE_LENGTH);
  return `${readable}-${hash(secretArn, SECRET_HASH_LENGTH)}-`;
}

function hash(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
