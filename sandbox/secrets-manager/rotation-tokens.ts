import { AwsError } from '../aws/aws-error.ts';
import type { Caller } from '../aws/service.ts';
import type { SecretsManagerBehaviour } from './behaviour.ts';
import type { Secret } from './secret.ts';

/** The function's ARN without version or alias. */
function unqualified(functionArn: string): string {
  return functionArn.split(':').slice(0, 7).join(':');
}

/**
 * RotationTokens: each invocation of a rotation function gets its own token, which is valid until the invocation ends.
 *
 * Source: AWS Secrets Manager API Reference, PutSecretValue; User Guide, "Troubleshoot AWS Secrets Manager rotation".
 * The lifetime of a token is not documented.
 */
export class RotationTokens {
  readonly #behaviour: SecretsManagerBehaviour;
  readonly #secretArns = new Map<string, string>();

  constructor(behaviour: SecretsManagerBehaviour) {
    this.#behaviour = behaviour;
  }

  /** Issues a token for one invocation. */
  issue(secret: Secret): string {
    const token = crypto.randomUUID();
    this.#secretArns.set(token, secret.arn);
    return token;
  }

  /** Must be called when the invocation ends. */
  expire(token: string): void {
    this.#secretArns.delete(token);
  }

  /**
   * Whether a value from this caller counts as written by the rotation.
   *
   * @throws AwsError for a stale or unknown token, depending on `staleRotationToken`
   */
  isWrittenByRotation(secret: Secret, caller: Caller, token: string | undefined): boolean {
    const byRotationFunction =
      caller.functionArn !== undefined &&
      secret.rotation !== undefined &&
      unqualified(caller.functionArn) === unqualified(secret.rotation.functionArn);
    if (token === undefined) return byRotationFunction;
    if (this.#secretArns.get(token) === secret.arn) return true;
    const { staleRotationToken } = this.#behaviour;
    switch (staleRotationToken) {
      case 'accepted':
        return true;
      case 'rotationFails':
        return byRotationFunction;
      case 'putRefused':
        throw notValid('InvalidRequestException');
      default:
        throw notValid(staleRotationToken.refusedAs);
    }
  }
}

function notValid(type: string): AwsError {
  return new AwsError(type, 'The RotationToken is not valid for this rotation.');
}
