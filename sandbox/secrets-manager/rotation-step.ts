import type { FunctionInvoker } from '../lambda/invoker.ts';
import type { RotationTokens } from './rotation-tokens.ts';
import type { Secret } from './secret.ts';

/** The steps of a rotation, in order. */
export const ROTATION_STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** One step of a rotation. */
export type RotationStep = (typeof ROTATION_STEPS)[number];

/** Why a rotation failed. */
export interface RotationFailure {
  /** As in CloudTrail. */
  readonly error: string;
  /** The error payload of the function, or the error of the Lambda invocation. */
  readonly cause?: unknown;
}

/**
 * Invokes the rotation function for one step. The result is ignored; only an error fails the step.
 *
 * Source: AWS Secrets Manager User Guide, "Lambda rotation functions" and "Troubleshoot AWS Secrets Manager
 * rotation" (the message).
 */
export async function invokeStep(
  functions: FunctionInvoker,
  tokens: RotationTokens,
  rotation: { readonly secret: Secret; readonly versionId: string; readonly functionArn: string },
  step: RotationStep,
): Promise<RotationFailure | undefined> {
  const { secret, versionId, functionArn } = rotation;
  const error = `Error when executing lambda ${functionArn} during ${step} step`;
  const token = tokens.issue(secret);
  try {
    const invocation = await functions.invoke(
      functionArn,
      { Step: step, SecretId: secret.arn, ClientRequestToken: versionId, RotationToken: token },
      'secretsmanager.amazonaws.com',
      { sourceArn: secret.arn },
    );
    return invocation.functionError === undefined ? undefined : { error, cause: invocation.payload };
  } catch (cause) {
    return { error, cause };
  } finally {
    tokens.expire(token);
  }
}
