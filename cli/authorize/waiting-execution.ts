import type { Aws } from '../shared/aws.ts';
import { findDeployment } from '../shared/deployment.ts';
import { isFailed, newestRotation } from '../shared/executions.ts';
import type { ExistingSecret } from './target-secret.ts';

/** The ARN of a rotation function, a version or alias included, as deployments name it. */
const ROTATION_FUNCTION = /^arn:[^:]+:lambda:[^:]+:\d+:function:(?<stack>.+)-rotation(?::.+)?$/;

/** A failed execution that can go on. */
export interface WaitingExecution {
  readonly executionArn: string;
  /** The deployment that it belongs to. */
  readonly stack: string;
}

/**
 * The newest rotation of the secret, if it ended in vain and waits for the new tokens. It is only a hint, so nothing
 * that goes wrong here is an error: the tokens are stored by now.
 */
export async function waitingExecution(
  aws: Aws,
  { arn, name, rotationFunctionArn }: ExistingSecret,
): Promise<WaitingExecution | undefined> {
  const stack = ROTATION_FUNCTION.exec(rotationFunctionArn ?? '')?.groups?.stack;
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
