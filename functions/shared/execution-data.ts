import { jsonObject } from './json-object.ts';

/** What an execution rotates, as its input tells. */
export interface ExecutionRotation {
  readonly purpose: 'rotate' | 'check-configuration';
  readonly secretArn: string;
  readonly versionId: string;
}

/** Reads the input of an execution. Of it only these members are kept: it also holds sealed blobs. */
export function rotationOf(input: string | undefined): ExecutionRotation | undefined {
  const { purpose, secretArn, versionId } = jsonObject(input ?? '') ?? {};
  if (typeof secretArn !== 'string' || typeof versionId !== 'string') return undefined;
  return {
    purpose: purpose === 'check-configuration' ? purpose : 'rotate',
    secretArn,
    versionId,
  };
}

/**
 * What the function that failed said. The cause of a failed function is JSON; what Step Functions itself writes may
 * quote an input, so it is not read. Without the runbook entry at its end: whoever quotes the message names an entry.
 */
export function functionMessage(cause: string | undefined): string | undefined {
  const { errorMessage } = jsonObject(cause ?? '') ?? {};
  return typeof errorMessage === 'string'
    ? errorMessage.replace(/ Runbook: docs\/runbook\.md#\S+$/, '')
    : undefined;
}
