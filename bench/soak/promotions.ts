import * as v from 'valibot';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';

const currentMove = v.object({
  VersionStage: v.literal('AWSCURRENT'),
  MoveToVersionId: v.string(),
});

/** Distinguishes moves of AWSCURRENT by rotations from moves by people. */
export class Promotions {
  readonly #inProgress = new Set<string>();

  readonly awsInterceptor: AwsInterceptor = async (call, next) => {
    const move = v.safeParse(currentMove, call.input);
    const isPromotion =
      move.success && call.operation === 'UpdateSecretVersionStage' && call.caller.functionArn !== undefined;
    if (!isPromotion) return await next();
    const { MoveToVersionId } = move.output;
    this.#inProgress.add(MoveToVersionId);
    try {
      return await next();
    } finally {
      this.#inProgress.delete(MoveToVersionId);
    }
  };

  /** Whether a rotation is moving AWSCURRENT to a version. */
  isInProgress(versionId: string): boolean {
    return this.#inProgress.has(versionId);
  }
}
