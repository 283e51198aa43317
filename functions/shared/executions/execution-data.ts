import { isSecretArn, secretNameOf } from '../input/arns.ts';
import { jsonObject } from '../input/parse.ts';
import { isId } from '../input/request.ts';
import { oneLine } from '../output/plain-text.ts';
import { isAttemptOf, type Purpose } from './execution-name.ts';

/** The position of a pair, as unverified data. */
interface Position {
  readonly lineage?: unknown;
  readonly generation?: unknown;
}

/** Longer than every message of the functions, in characters. */
export const MAX_MESSAGE_LENGTH = 2_000;

/** The rotation of an execution. */
export interface ExecutionRotation {
  readonly purpose: Purpose;
  readonly secretArn: string;
  readonly versionId: string;
}

/**
 * Reads the input of an execution, which anyone with `states:StartExecution` can write: undefined unless the execution
 * is named after the rotation. Keeps only these members, because the input also holds sealed blobs.
 */
export function rotationOf(executionArn: string, input: string | undefined): ExecutionRotation | undefined {
  const { purpose: givenPurpose, secretArn, versionId } = jsonObject(input ?? '') ?? {};
  if (typeof secretArn !== 'string' || !isSecretArn(secretArn)) return undefined;
  if (typeof versionId !== 'string' || !isId(versionId)) return undefined;
  const purpose = givenPurpose === 'check-configuration' ? givenPurpose : 'rotate';
  const identity = { secretArn, secretName: secretNameOf(secretArn), clientRequestToken: versionId };
  return isAttemptOf(executionArn, identity, purpose) ? { purpose, secretArn, versionId } : undefined;
}

/** Whether an execution dropped a lost alternate grant, according to its output or the input of a state. */
export function lostAlternate(data: string | undefined): boolean {
  const { versions } = jsonObject(data ?? '') ?? {};
  return (versions as { lostAlternate?: unknown } | undefined)?.lostAlternate === true;
}

/**
 * Whether an execution has invalidated no access token in use, according to its data: its pair belongs to the
 * alternate grant, or is the one that AWSCURRENT held.
 */
export function leftTokenInUse(data: string | undefined): boolean {
  const { refreshed } = (jsonObject(data ?? '') ?? {}) as {
    refreshed?: Position & { current?: Position };
  };
  const { lineage, generation, current } = refreshed ?? {};
  if (typeof lineage !== 'string' || typeof current?.lineage !== 'string') return false;
  return lineage !== current.lineage || generation === current.generation;
}

/**
 * The message of the function that failed, on one line, without the runbook entry at its end. The cause of a failed
 * function is JSON. Causes that Step Functions writes may quote an input, so they are ignored.
 */
export function functionMessage(cause: string | undefined): string | undefined {
  const { errorMessage } = jsonObject(cause ?? '') ?? {};
  return typeof errorMessage === 'string'
    ? oneLine(errorMessage.replace(/ Runbook: docs\/runbook\.md#\S+$/, ''), MAX_MESSAGE_LENGTH)
    : undefined;
}
