import type { ScheduledTask } from '../clock.ts';
import type { RotationFailure, RotationStep } from './rotation-step.ts';
import type { Secret } from './secret.ts';

/** How an attempt at a rotation ended; `cause` is the function's error payload or Lambda's own error. */
export type RotationOutcome =
  | { readonly status: 'succeeded' | 'abandoned' | 'cancelled' }
  | ({ readonly status: 'failed' } & RotationFailure);

/** A rotation that has started and neither succeeded nor been abandoned. */
export interface RotationStatus {
  /** The ClientRequestToken of its events. */
  readonly versionId: string;
  /** `test` is the configuration test of RotateImmediately=false. */
  readonly kind: 'rotation' | 'test';
  /** Starts at 1; a scheduled window resets it. */
  readonly attempt: number;
  readonly state: 'running' | 'waitingForRetry' | 'outOfRetries';
  /** The running step. */
  readonly step?: RotationStep;
  readonly retryAt?: Date;
  /** Why the previous attempt failed. */
  readonly error?: string;
}

/** The state of an unfinished rotation and the promise of its current attempt. */
export class Rotation {
  readonly secret: Secret;
  readonly kind: 'rotation' | 'test';
  readonly versionId: string;
  readonly functionArn: string;
  attempt = 1;
  state: RotationStatus['state'] = 'running';
  step: RotationStep | undefined;
  error: string | undefined;
  #retry: { readonly at: Date; readonly task: ScheduledTask } | undefined;
  #outcome = Promise.withResolvers<RotationOutcome>();

  constructor(
    secret: Secret,
    { kind = 'rotation', ...call }: { kind?: 'rotation' | 'test'; versionId: string; functionArn: string },
  ) {
    this.secret = secret;
    this.kind = kind;
    this.versionId = call.versionId;
    this.functionArn = call.functionArn;
  }

  /** The result of the current attempt. */
  get outcome(): Promise<RotationOutcome> {
    return this.#outcome.promise;
  }

  get status(): RotationStatus {
    const { versionId, kind, attempt, state, step, error } = this;
    return {
      versionId,
      kind,
      attempt,
      state,
      step,
      retryAt: this.#retry?.at,
      error,
    };
  }

  /** Starts an attempt. */
  run(attempt: number): void {
    this.#retry?.task.cancel();
    this.#retry = undefined;
    if (this.state !== 'running') this.#outcome = Promise.withResolvers();
    this.attempt = attempt;
    this.state = 'running';
  }

  /** Ends the current attempt and cancels a scheduled retry. */
  end(outcome: RotationOutcome): void {
    this.#retry?.task.cancel();
    this.#retry = undefined;
    this.step = undefined;
    if (outcome.status === 'failed') {
      this.error = outcome.error;
      this.state = 'outOfRetries';
    }
    this.#outcome.resolve(outcome);
  }

  /** Records when the next attempt starts, after a failed one. */
  waitForRetry(at: Date, task: ScheduledTask): void {
    this.state = 'waitingForRetry';
    this.#retry = { at, task };
  }
}
