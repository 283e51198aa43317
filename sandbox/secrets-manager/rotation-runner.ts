import { AwsError } from '../aws/aws-error.ts';
import type { Clock } from '../clock.ts';
import type { CloudTrail } from '../cloudtrail/cloudtrail.ts';
import type { FunctionInvoker } from '../lambda/invoker.ts';
import type { SecretsManagerBehaviour } from './behaviour.ts';
import { Rotation, type RotationOutcome, type RotationStatus } from './rotation.ts';
import { invokeStep, ROTATION_STEPS, type RotationFailure } from './rotation-step.ts';
import type { RotationTokens } from './rotation-tokens.ts';
import { foreignValue, isComplete, wrongEndState } from './rotation-verdict.ts';
import type { Secret, SecretVersion } from './secret.ts';
import type { SecretStore } from './secret-store.ts';
import { AWSCURRENT, AWSPENDING } from './staging-labels.ts';

interface RunnerParts {
  readonly clock: Clock;
  readonly store: SecretStore;
  readonly functions: FunctionInvoker;
  readonly tokens: RotationTokens;
  readonly cloudTrail: CloudTrail;
  readonly behaviour: SecretsManagerBehaviour;
  /** Called after each successful rotation. */
  readonly onSuccess: (secret: Secret) => void;
}

/**
 * Runs rotations, at most one per secret at a time. Every attempt, including retries, records RotationStarted and
 * RotationSucceeded or RotationFailed; the events of a retry are not documented.
 *
 * Source: AWS Secrets Manager User Guide, "Rotation by Lambda function"; API Reference, RotateSecret.
 */
export class RotationRunner {
  readonly #parts: RunnerParts;
  readonly #unfinished = new Map<string, Rotation>();
  readonly #outcomes = new Map<string, Promise<RotationOutcome>>();
  readonly #runs = new Set<Promise<void>>();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  status(secret: Secret): RotationStatus | undefined {
    return this.#unfinished.get(secret.arn)?.status;
  }

  /** Whether RotateSecret must fail: a rotation is running, or AWSPENDING is on a different version than AWSCURRENT. */
  blocks(secret: Secret): boolean {
    return this.#unfinished.get(secret.arn)?.state === 'running' || !isComplete(secret);
  }

  /**
   * Creates the pending version and starts the rotation.
   *
   * @throws AwsError LimitExceededException when the secret cannot have another version
   */
  begin(secret: Secret, functionArn: string, versionId: string, attempt = 1): void {
    this.#addPendingVersion(secret, { id: versionId, createdAt: this.#parts.clock.now() });
    this.#unfinished.get(secret.arn)?.end({ status: 'abandoned' });
    this.#start(new Rotation(secret, { functionArn, versionId }), attempt);
  }

  /**
   * Starts the configuration test of RotateImmediately=false: only testSecret, on a copy of the current value.
   *
   * @throws AwsError LimitExceededException
   */
  beginTest(secret: Secret, functionArn: string, versionId: string): void {
    const currentId = secret.labels.holder(AWSCURRENT);
    const value = currentId === undefined ? undefined : secret.versions.get(currentId)?.value;
    const createdAt = this.#parts.clock.now();
    this.#addPendingVersion(secret, { id: versionId, createdAt, value });
    this.#unfinished.get(secret.arn)?.end({ status: 'abandoned' });
    this.#start(new Rotation(secret, { kind: 'test', functionArn, versionId }), 1);
  }

  /** Called when a rotation is due: starts one, or retries the unfinished one immediately. */
  rotateOrRetry(secret: Secret, functionArn: string): void {
    const unfinished = this.#unfinished.get(secret.arn);
    if (unfinished?.state === 'running') return;
    const pendingId = secret.labels.holder(AWSPENDING);
    if (unfinished !== undefined && !this.#isMoot(unfinished)) this.#retry(unfinished, 1);
    else if (!isComplete(secret) && pendingId !== undefined) {
      this.#start(new Rotation(secret, { functionArn, versionId: pendingId }), 1);
    } else this.#beginUnattended(secret, functionArn, 1);
  }

  /** Abandons the rotation, because a new current value removed AWSPENDING from its version. */
  abandon(secret: Secret, pendingId: string): void {
    recordRotation(this.#parts.cloudTrail, 'RotationAbandoned', secret, pendingId);
    this.#discard(secret, 'abandoned');
  }

  /** Abandons the rotation without changing the labels; returns the id of its version. */
  cancel(secret: Secret): string | undefined {
    return this.#discard(secret, 'cancelled')?.versionId;
  }

  /** @throws Error when the secret never had a rotation with this version */
  outcome(secret: Secret, versionId: string): Promise<RotationOutcome> {
    const outcome = this.#outcomes.get(`${secret.arn} ${versionId}`);
    if (outcome === undefined)
      throw new Error(`Secret ${secret.arn} has no rotation for version ${versionId}.`);
    return outcome;
  }

  /** Resolves when no step is running; rotations may still be waiting for a retry. */
  async idle(): Promise<void> {
    while (this.#runs.size > 0) await Promise.all(this.#runs);
  }

  #addPendingVersion(secret: Secret, version: SecretVersion): void {
    this.#parts.store.change(secret, version.id, () => {
      secret.addVersion(version, this.#parts.behaviour.versionQuota);
      secret.labels.attach(AWSPENDING, version.id);
    });
  }

  #start(rotation: Rotation, attempt: number): void {
    this.#unfinished.set(rotation.secret.arn, rotation);
    rotation.run(attempt);
    this.#outcomes.set(`${rotation.secret.arn} ${rotation.versionId}`, rotation.outcome);
    const run = this.#run(rotation);
    this.#runs.add(run);
    void run.finally(() => this.#runs.delete(run));
  }

  #retry(rotation: Rotation, attempt: number): void {
    if (this.#isMoot(rotation)) this.#unfinished.delete(rotation.secret.arn);
    else if (this.#parts.behaviour.retryToken === 'same') this.#start(rotation, attempt);
    else this.#beginUnattended(rotation.secret, rotation.functionArn, attempt);
  }

  /** Starts a rotation that nobody requested: an error becomes an event, because there is no caller to return it to. */
  #beginUnattended(secret: Secret, functionArn: string, attempt: number): void {
    const versionId = crypto.randomUUID();
    try {
      this.begin(secret, functionArn, versionId, attempt);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      recordRotation(this.#parts.cloudTrail, 'RotationFailed', secret, versionId, error.message);
    }
  }

  /** Whether there is nothing to retry: the rotation lost AWSPENDING before it moved AWSCURRENT. */
  #isMoot({ secret, versionId }: Rotation): boolean {
    return secret.labels.holder(AWSPENDING) === undefined && secret.labels.holder(AWSCURRENT) !== versionId;
  }

  #discard(secret: Secret, status: 'abandoned' | 'cancelled'): Rotation | undefined {
    const rotation = this.#unfinished.get(secret.arn);
    this.#unfinished.delete(secret.arn);
    rotation?.end({ status });
    return rotation;
  }

  async #run(rotation: Rotation): Promise<void> {
    const { secret, versionId, kind } = rotation;
    const prefix = kind === 'test' ? 'TestRotation' : 'Rotation';
    const isAbandoned = (): boolean => this.#unfinished.get(secret.arn) !== rotation;
    recordRotation(this.#parts.cloudTrail, `${prefix}Started`, secret, versionId);
    // The call that started the rotation returns before the function is invoked.
    await Promise.resolve();
    const failure = await this.#runSteps(rotation, isAbandoned);
    if (kind === 'test') this.#removeTestVersion(secret, versionId);
    if (isAbandoned()) return;

    if (failure !== undefined) {
      recordRotation(this.#parts.cloudTrail, `${prefix}Failed`, secret, versionId, failure.error);
      this.#fail(rotation, failure);
      return;
    }
    this.#unfinished.delete(secret.arn);
    if (kind === 'rotation') this.#complete(secret);
    recordRotation(this.#parts.cloudTrail, `${prefix}Succeeded`, secret, versionId);
    rotation.end({ status: 'succeeded' });
  }

  async #runSteps(rotation: Rotation, isAbandoned: () => boolean): Promise<RotationFailure | undefined> {
    const { secret, versionId, kind } = rotation;
    const { functions, tokens, behaviour } = this.#parts;
    const currentBefore = secret.labels.holder(AWSCURRENT);
    for (const step of kind === 'test' ? (['testSecret'] as const) : ROTATION_STEPS) {
      if (isAbandoned()) return undefined;
      rotation.step = step;
      const failure = await invokeStep(functions, tokens, rotation, step);
      if (failure !== undefined) return failure;
      if (step !== 'createSecret' || behaviour.foreignWriter === 'accepted') continue;
      const foreign = foreignValue(rotation, currentBefore);
      if (foreign !== undefined) return foreign;
    }
    return kind === 'test' ? undefined : wrongEndState(secret, versionId, behaviour.endState);
  }

  #complete(secret: Secret): void {
    const { clock, store, onSuccess } = this.#parts;
    const pendingId = secret.labels.holder(AWSPENDING);
    if (pendingId !== undefined) {
      store.change(secret, pendingId, () => secret.labels.detach(AWSPENDING));
    }
    store.update(secret, { lastRotatedAt: clock.now() });
    onSuccess(secret);
  }

  #fail(rotation: Rotation, failure: RotationFailure): void {
    const { clock, behaviour } = this.#parts;
    rotation.end({ status: 'failed', ...failure });
    if (rotation.kind === 'test') {
      this.#unfinished.delete(rotation.secret.arn);
      return;
    }
    const delayMs = behaviour.retryDelaysMs[rotation.attempt - 1];
    if (delayMs === undefined) return;
    const task = clock.schedule(delayMs, () => this.#retry(rotation, rotation.attempt + 1));
    rotation.waitForRetry(new Date(clock.nowMs() + delayMs), task);
  }

  #removeTestVersion(secret: Secret, versionId: string): void {
    this.#parts.store.change(secret, versionId, () => {
      if (secret.labels.holder(AWSPENDING) === versionId) secret.labels.detach(AWSPENDING);
      secret.versions.delete(versionId);
    });
  }
}

type RotationEventName =
  | `Rotation${'Started' | 'Succeeded' | 'Failed' | 'Abandoned'}`
  | `TestRotation${'Started' | 'Succeeded' | 'Failed'}`;

/**
 * Reports a rotation, or the configuration test of RotateImmediately=false, to CloudTrail.
 *
 * Source: AWS Secrets Manager User Guide, "AWS CloudTrail entries for Secrets Manager".
 */
function recordRotation(
  cloudTrail: CloudTrail,
  name: RotationEventName,
  secret: Secret,
  versionId: string,
  errorMessage?: string,
): void {
  cloudTrail.record({
    name,
    source: 'secretsmanager.amazonaws.com',
    requestId: `Rotation-${secret.arn}-${versionId}`,
    resource: { type: 'AWS::SecretsManager::Secret', name: secret.arn },
    additionalEventData: { SecretId: secret.arn },
    errorMessage,
  });
}
