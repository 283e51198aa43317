import { AwsError } from '../aws/aws-error.ts';
import type { Secret } from './secret.ts';
import type { SecretStore } from './secret-store.ts';
import { AWSCURRENT } from './staging-labels.ts';

/**
 * Moves or removes a label. Repeating a successful call fails, because the operation has no idempotency token.
 *
 * Source: AWS Secrets Manager API Reference, UpdateSecretVersionStage. For AWSPENDING it states both that the label is
 * removed from the other version automatically and that RemoveFromVersionId must name it; here it must.
 *
 * @throws AwsError InvalidParameterException, LimitExceededException
 */
export function moveStage(
  store: SecretStore,
  secret: Secret,
  label: string,
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
): void {
  const holder = secret.labels.holder(label);
  for (const id of [from, to]) {
    if (id !== undefined && !secret.versions.has(id)) refuse(`Not a valid version: ${id}`);
  }
  if (from !== undefined && holder !== from) refuse(`Version stage ${label} not found in version ${from}`);
  if (to === undefined) {
    if (from === undefined) refuse('You must provide MoveToVersionId or RemoveFromVersionId.');
    if (label === AWSCURRENT) {
      refuse(
        'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
      );
    }
    store.change(secret, from, () => secret.labels.detach(label));
    return;
  }
  if (holder === to) refuse(`Staging label ${label} is already attached to version ${to}.`);
  if (holder !== undefined && from === undefined) {
    refuse(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  secret.labels.requireRoomFor([label]);
  store.change(secret, to, () => secret.labels.attach(label, to));
}

function refuse(message: string): never {
  throw new AwsError('InvalidParameterException', message);
}
