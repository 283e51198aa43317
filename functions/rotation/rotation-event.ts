import { requestFields } from '../shared/input/request.ts';

/** The four calls of a rotation, in order. */
const ROTATION_STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** One call from Secrets Manager. */
export interface RotationEvent {
  readonly step: (typeof ROTATION_STEPS)[number];
  readonly secretId: string;
  /** The id of the pending version. */
  readonly clientRequestToken: string;
  /** Allows another identity to write the pending version. It is secret. */
  readonly rotationToken: string | undefined;
}

/**
 * Reads the event from Secrets Manager.
 *
 * @throws InvalidRotationRequest names the member that is wrong, never its value: RotationToken is a secret
 * @see AWS Secrets Manager User Guide, "Lambda rotation functions"
 */
export function parseRotationEvent(event: unknown): RotationEvent {
  const request = requestFields('The rotation event', event);
  const { RotationToken: rotationToken } = event as { RotationToken?: unknown };
  return {
    step: request.oneOf('Step', ROTATION_STEPS),
    secretId: request.secretArn('SecretId'),
    clientRequestToken: request.id('ClientRequestToken'),
    rotationToken: typeof rotationToken === 'string' && rotationToken !== '' ? rotationToken : undefined,
  };
}
