import * as v from 'valibot';
import { AwsError } from '../aws/aws-error.ts';
import { epochSeconds } from '../aws/json-protocol.ts';
import { type AwsOperation, operation } from '../aws/service.ts';
import type { Clock, ScheduledTask } from '../clock.ts';
import { DAY_MS } from '../durations.ts';
import { members } from './request-rules.ts';
import type { RotationRunner } from './rotation-runner.ts';
import type { RotationScheduler } from './rotation-scheduler.ts';
import type { SecretAccess } from './secret-access.ts';
import type { SecretStore } from './secret-store.ts';

const DEFAULT_WINDOW_DAYS = 30;

/**
 * The operations that delete and restore a secret.
 *
 * Source: AWS Secrets Manager API Reference, DeleteSecret and RestoreSecret. The effect on a rotation is not
 * documented: here DeleteSecret abandons it, and RestoreSecret restarts the schedule.
 */
export function deletionOperations(parts: {
  readonly clock: Clock;
  readonly store: SecretStore;
  readonly runner: RotationRunner;
  readonly scheduler: RotationScheduler;
  readonly access: SecretAccess;
}): Readonly<Record<string, AwsOperation>> {
  const { clock, store, runner, scheduler, access } = parts;
  const deletions = new Map<string, ScheduledTask>();

  const DeleteSecret = operation(
    v.object({
      SecretId: members.secretId,
      RecoveryWindowInDays: v.optional(v.number()),
      ForceDeleteWithoutRecovery: v.optional(v.boolean(), false),
    }),
    ({ SecretId, RecoveryWindowInDays, ForceDeleteWithoutRecovery }) => {
      requireWindow(RecoveryWindowInDays, ForceDeleteWithoutRecovery);
      if (ForceDeleteWithoutRecovery && store.find(SecretId) === undefined) {
        // A forced deletion of a secret that does not exist succeeds.
        const arn = SecretId.startsWith('arn:') ? SecretId : store.newArn(SecretId);
        return { ARN: arn, Name: SecretId, DeletionDate: epochSeconds(clock.now()) };
      }
      const secret = ForceDeleteWithoutRecovery ? store.get(SecretId) : store.usable(SecretId);
      const days = ForceDeleteWithoutRecovery ? 0 : (RecoveryWindowInDays ?? DEFAULT_WINDOW_DAYS);
      const deletionDate = new Date(clock.nowMs() + days * DAY_MS);
      runner.cancel(secret);
      scheduler.cancel(secret);
      deletions.get(secret.arn)?.cancel();
      deletions.delete(secret.arn);
      if (ForceDeleteWithoutRecovery) store.remove(secret);
      else {
        store.update(secret, { deletionDate });
        deletions.set(
          secret.arn,
          clock.schedule(days * DAY_MS, () => {
            deletions.delete(secret.arn);
            store.remove(secret);
          }),
        );
      }
      return { ARN: secret.arn, Name: secret.name, DeletionDate: epochSeconds(deletionDate) };
    },
    input => access('DeleteSecret', input.SecretId),
  );

  const RestoreSecret = operation(
    v.object({ SecretId: members.secretId }),
    input => {
      const secret = store.get(input.SecretId);
      deletions.get(secret.arn)?.cancel();
      deletions.delete(secret.arn);
      if (secret.deletionDate !== undefined) {
        store.update(secret, { deletionDate: undefined });
        scheduler.plan(secret);
      }
      return { ARN: secret.arn, Name: secret.name };
    },
    input => access('RestoreSecret', input.SecretId),
  );

  return { DeleteSecret, RestoreSecret };
}

function requireWindow(days: number | undefined, force: boolean): void {
  if (days === undefined) return;
  if (force) {
    throw new AwsError(
      'InvalidParameterException',
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  if (Number.isInteger(days) && days >= 7 && days <= 30) return;
  throw new AwsError(
    'InvalidParameterException',
    'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
  );
}
