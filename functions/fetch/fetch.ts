import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { InvalidRotationRequest } from '../shared/errors.ts';
import { isAttemptOf, type Purpose } from '../shared/executions/execution-name.ts';
import { requestFields } from '../shared/input/request.ts';
import { isLeftover, removePendingLabel } from '../shared/secrets/pending-label.ts';
import { assertNamesHost, assertRoomForTokens } from '../shared/secrets/secret-value.ts';
import {
  belongsToRotation,
  blockingVersion,
  describeSecret,
  readCurrent,
  readUntil,
  type SecretDescription,
  type Sleep,
  versionWithStage,
} from '../shared/secrets/secret-versions.ts';
import { type LogSubject, log } from '../shared/telemetry/log.ts';

/** The request of the state Fetch. */
export interface FetchRequest extends LogSubject {
  readonly purpose: Purpose;
  /** The execution's ARN. */
  readonly execution: string;
  readonly redriveCount: number;
}

/** The next step of the workflow. */
export interface FetchResult {
  readonly route: 'refresh' | 'rotated' | 'standDown' | 'checkConfiguration';
}

/** Dependencies of `fetchCredential`. */
export interface FetchDependencies {
  readonly secrets: SecretsManagerClient;
  readonly sleep: Sleep;
  /** Whether the secret must name its Genesys Cloud host. */
  readonly hostRequired?: boolean;
}

/**
 * Reads the request, including the whole input of the execution, so that invalid input for a later state is found
 * before a refresh token is spent.
 *
 * @throws InvalidRotationRequest
 */
export function parseFetchRequest(event: unknown): FetchRequest {
  const request = requestFields('The request of the state Fetch', event);
  const input = request.object('input');
  input.nullableString('sealedRotationToken');
  return {
    purpose: input.oneOf('purpose', ['rotate', 'check-configuration']),
    secretArn: input.secretArn('secretArn'),
    versionId: input.id('versionId'),
    execution: request.executionArn('execution'),
    redriveCount: request.count('redriveCount'),
    state: request.id('state'),
  };
}

/**
 * Checks the secret, its labels and the request before a refresh token is spent, and decides the next step.
 *
 * A rotation whose version is neither AWSPENDING nor AWSCURRENT stands down: a write to AWSCURRENT has ended it, or
 * Secrets Manager never started it. A redrive continues without a label, because fixing the secret's value also writes
 * AWSCURRENT.
 *
 * If the rotation is already AWSCURRENT but AWSPENDING is left on another version, the label is removed, because it
 * would prevent the next rotation.
 *
 * @throws SecretNotFound
 * @throws InvalidSecret AWSCURRENT has no value, not a complete credential, no room for new tokens, or does not name a
 *         host that is required
 * @throws InvalidRotationRequest the execution is not named after the rotation in its input
 */
export async function fetchCredential(
  request: FetchRequest,
  { secrets, sleep, hostRequired = false }: FetchDependencies,
): Promise<FetchResult> {
  const { secretArn, versionId } = request;
  const [describing, reading] = await Promise.allSettled([
    readUntil(
      description => labelOf(description, versionId) !== undefined,
      () => describeSecret(secrets, secretArn),
      sleep,
    ),
    readCurrent(secrets, secretArn, sleep, credential => {
      if (hostRequired) assertNamesHost(secretArn, credential);
      assertRoomForTokens(secretArn, credential);
    }),
  ]);
  // The description first: if the secret does not exist, the read fails with a less specific error.
  const description = settled(describing);
  const route = chooseRoute(request, description);
  if (route === 'rotated') {
    await removeLeftoverLabel(request, description, { secrets, sleep });
  } else if (route !== 'standDown') {
    settled(reading);
  }
  log('info', 'fetched', request, { route });
  return { route };
}

function chooseRoute(request: FetchRequest, description: SecretDescription): FetchResult['route'] {
  const { secretArn, versionId, purpose, execution, redriveCount } = request;
  const rotation = { secretArn, secretName: description.name, clientRequestToken: versionId };
  if (description.arn !== secretArn || !isAttemptOf(execution, rotation, purpose)) {
    throw new InvalidRotationRequest(
      `Execution ${execution} is not named after the rotation in its input. Nothing was spent. Start the rotation with RotateSecret.`,
    );
  }
  if (purpose === 'check-configuration') return 'checkConfiguration';
  const label = labelOf(description, versionId);
  if (label === 'AWSCURRENT') return 'rotated';
  return label === undefined && redriveCount === 0 ? 'standDown' : 'refresh';
}

/** The rotation's label. */
function labelOf(description: SecretDescription, versionId: string): 'AWSCURRENT' | 'AWSPENDING' | undefined {
  return (['AWSCURRENT', 'AWSPENDING'] as const).find(label => {
    const holderId = versionWithStage(description, label);
    return holderId !== undefined && belongsToRotation(holderId, versionId);
  });
}

/** AWSPENDING on a version other than AWSCURRENT's prevents the next rotation. */
async function removeLeftoverLabel(
  request: FetchRequest,
  description: SecretDescription,
  { secrets, sleep }: FetchDependencies,
): Promise<void> {
  const pendingId = blockingVersion(description);
  if (pendingId === undefined || !isLeftover(pendingId, request)) return;
  await removePendingLabel(secrets, description.arn, pendingId, sleep);
}

function settled<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
