import { AwsError } from '../aws/aws-error.ts';
import type { SecretState } from './secret.ts';

const RANDOM_SUFFIX = /^-[A-Za-z0-9]{6}$/;

/** Finds secrets by name or ARN. */
export class SecretLookup<State extends SecretState> {
  readonly #secrets: ReadonlyMap<string, State>;

  /** @param secrets by their ARNs */
  constructor(secrets: ReadonlyMap<string, State>) {
    this.#secrets = secrets;
  }

  all(): State[] {
    return [...this.#secrets.values()];
  }

  /** The secret with this name, ARN, or ARN without the hyphen and six random characters. */
  find(secretId: string): State | undefined {
    return (
      this.#secrets.get(secretId) ??
      this.all().find(
        ({ name, arn }) =>
          name === secretId || (arn.startsWith(secretId) && RANDOM_SUFFIX.test(arn.slice(secretId.length))),
      )
    );
  }

  /** @throws AwsError ResourceNotFoundException */
  get(secretId: string): State {
    const secret = this.find(secretId);
    if (secret === undefined) {
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  }

  /**
   * A secret that is not scheduled for deletion.
   *
   * @throws AwsError ResourceNotFoundException, or InvalidRequestException while it is scheduled for deletion
   */
  usable(secretId: string): State {
    const secret = this.get(secretId);
    if (secret.deletionDate !== undefined) {
      throw new AwsError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    return secret;
  }
}
