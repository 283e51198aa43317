import { setTimeout as wait } from 'node:timers/promises';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { parseCredential } from '../../functions/shared/secrets/secret-value.ts';
import { rotateAndWait } from '../rotate/rotate.ts';
import { CliError } from '../shared/cli-error.ts';
import type { Deployment } from '../shared/deployment.ts';
import { describeResult, exitReasonOf } from '../shared/rotation-result.ts';
import { findSecret } from '../shared/secrets.ts';
import type { WaitContext } from '../shared/waiting.ts';
import { userIdOf } from './token-owner.ts';
import type { WrittenSecret } from './write-credential.ts';

/** The result of two rotations, one for each grant. */
export interface GrantTest {
  /** Whether both grants are stored and were exchanged. */
  readonly hasBoth: boolean;
  /** Whether the access token of the other grant worked after each rotation. */
  readonly otherTokenWorked: readonly boolean[];
  readonly currentVersionId: string;
}

const GRANTS = 2;
const ROTATION_TIMEOUT_MS = 300_000;

/** Secrets Manager finishes a rotation after its execution has ended, and refuses to start another one until then. */
const REFUSED_ATTEMPTS = 30;
const REFUSED_PAUSE_MS = 1_000;

/**
 * Rotates twice, so that each grant is exchanged once, and tests the access token of the other grant after each
 * rotation. If a rotation dropped a grant, removes the key of the alternate grant, so the secret has one grant.
 *
 * @throws CliError a rotation failed; the secret is unchanged
 */
export async function testGrants(
  written: WrittenSecret,
  apiUrl: string,
  deployment: Deployment,
  context: WaitContext,
): Promise<GrantTest> {
  const { secrets } = context.aws;
  const otherTokenWorked: boolean[] = [];
  for (let grant = 0; grant < GRANTS; grant++) {
    const { credential } = await readCurrent(secrets, written.arn);
    await rotateOnce(written, deployment, context);
    const { accessToken } = credential;
    const userId = accessToken === undefined ? undefined : await userIdOf(accessToken, apiUrl);
    otherTokenWorked.push(userId !== undefined);
  }
  const { credential, versionId } = await readCurrent(secrets, written.arn);
  if (credential.alternateRefreshToken !== undefined)
    return { hasBoth: true, otherTokenWorked, currentVersionId: versionId };

  const { alternateRefreshToken: _lost, ...keys } = credential.keys;
  const { VersionId = '' } = await secrets.send(
    new PutSecretValueCommand({ SecretId: written.arn, SecretString: JSON.stringify(keys) }),
  );
  return { hasBoth: false, otherTokenWorked, currentVersionId: VersionId };
}

async function rotateOnce(
  written: WrittenSecret,
  deployment: Deployment,
  context: WaitContext,
): Promise<void> {
  const secret = await findSecret(context.aws, deployment, written.arn);
  for (let attempt = 1; ; attempt++) {
    try {
      const untilMs = context.time.nowMs() + ROTATION_TIMEOUT_MS;
      const { result } = await rotateAndWait(secret, untilMs, deployment, context);
      const exitReason = exitReasonOf(result);
      if (exitReason === 'done') return;
      throw new CliError(
        exitReason,
        describeResult(result, { secretName: secret.name, command: context.command }),
      );
    } catch (error) {
      const isRefused = error instanceof CliError && error.exitReason === 'stillRunning';
      if (!isRefused || attempt === REFUSED_ATTEMPTS) throw error;
      await wait(REFUSED_PAUSE_MS);
    }
  }
}

async function readCurrent(secrets: SecretsManagerClient, secretArn: string) {
  const value = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  return { versionId: value.VersionId ?? '', credential: parseCredential(secretArn, value) };
}
