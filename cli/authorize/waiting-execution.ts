import type { Aws } from '../shared/aws.ts';
import { findDeployment } from '../shared/deployment.ts';
import { isFailed, newestRotation } from '../shared/executions.ts';
import type { ExistingSecret } from './target-secret.ts';

/** The ARN of a deployment's rotation function, with or without a version or alias. */
const ROTATION_FUNCTION = /^arn:[^:]+:lambda:[^:]+:\d+:function:(?<stack>.+)-rotation(?::.+)?$/;

/** The deployment that rotates a secret, from the name of the rotation function; undefined if the name is different. */
export function stackOf({
  rotationFunctionArn,
}: Pick<ExistingSecret, 'rotationFunctionArn'>): string | undefined {
  return ROTATION_FUNCTION.exec(rotationFunctionArn ?? '')?.groups?.stack;
}

/** A failed execution that can be redriven. */
export interface WaitingExecution {
  readonly executionArn: string;
  /** The deployment that it belongs to. */
  readonly stack: string;
}

/**
 * Finds the newest rotation of the secret, if it failed. Ignores errors, because this is only a hint and the tokens are
 * already stored.
 */
export async function waitingExecution(
  aws: Aws,
  secret: ExistingSecret,
): Promise<WaitingExecution | undefined> {
  const { arn, name } = secret;
  const stack = stackOf(secret);
  if (stack === undefined) return undefined;
  try {
    const { stateMachineArn } = await findDeployment(stack, aws);
    const newest = await newestRotation({ arn, name }, aws.stepFunctions, stateMachineArn);
    if (newest === undefined || !isFailed(newest.status)) return undefined;
    return { executionArn: newest.executionArn, stack };
  } catch {
    return undefined;
  }
}
