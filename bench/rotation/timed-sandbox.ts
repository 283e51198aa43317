import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createFirstCredential } from '../../sandbox/first-credential.ts';
import { Sandbox } from '../../sandbox/sandbox.ts';
import { advanceUntilSettled } from '../advance-until-settled.ts';
import { authorizeAlternate } from '../alternate-grant.ts';
import type { LatencyName } from '../latencies.ts';
import { preload } from '../preloaded.ts';
import { tokensWith } from '../token-locator.ts';
import { RecordedLatencies, type Wait } from './recorded-latencies.ts';
import { splitTime, type TimeSplit } from './time-split.ts';

/** The durations of one rotation, in ms of the sandbox's clock. */
export interface RotationTimes {
  /** From RotateSecret to the end of finishSecret. */
  readonly totalMs: number;
  /** From RotateSecret until consumers have the new token. */
  readonly untilCurrentMs: number;
  /** From Genesys Cloud's response until consumers have the new token; 0 if their previous token still works. */
  readonly tokenGapMs: number;
  readonly totalSplit: TimeSplit;
  readonly tokenGapSplit: TimeSplit;
  readonly waits: readonly Wait[];
}

/** More than a rotation without faults takes. */
const LIMIT_SECONDS = 120;

/** A sandbox with one credential in which time passes only by the given latencies. */
export class TimedSandbox {
  readonly #sandbox: Sandbox;
  readonly #latencies: RecordedLatencies;
  readonly #secretArn: string;
  readonly #clientId: string;
  readonly #secrets: SecretsManagerClient;
  #rotations = 0;

  /**
   * @param assemblyDirectory the synthesised stack
   * @param msOf the latency of each kind of wait
   * @param grants the number of logins in the credential
   */
  static async start(
    assemblyDirectory: string,
    msOf: (name: LatencyName) => number,
    grants: 1 | 2 = 1,
  ): Promise<TimedSandbox> {
    let nowMs = (): number => 0;
    const latencies = new RecordedLatencies(msOf, () => nowMs());
    const sandbox = await Sandbox.start({
      assemblyDirectory,
      virtualTime: true,
      seed: 1,
      events: { rules: 'patterns' },
      latencies,
    });
    nowMs = () => sandbox.clock.nowMs();
    try {
      preload(sandbox, new URL('./middle-random.ts', import.meta.url));
      const credential = await createFirstCredential(sandbox);
      const { secretArn, clientId } = credential;
      const timed = new TimedSandbox(sandbox, latencies, secretArn, clientId);
      if (grants === 2) await authorizeAlternate(credential, { sandbox, secrets: timed.#secrets });
      return timed;
    } catch (error) {
      await sandbox.close();
      throw error;
    }
  }

  private constructor(sandbox: Sandbox, latencies: RecordedLatencies, secretArn: string, clientId: string) {
    this.#sandbox = sandbox;
    this.#latencies = latencies;
    this.#secretArn = secretArn;
    this.#clientId = clientId;
    this.#secrets = new SecretsManagerClient(sandbox.clientConfig);
  }

  async close(): Promise<void> {
    this.#secrets.destroy();
    await this.#sandbox.close();
  }

  /**
   * Rotates the credential once; the first time all functions are cold.
   *
   * @throws Error the rotation did not succeed with exactly one refresh
   */
  async rotate(): Promise<RotationTimes> {
    const { clock, secretsManager, genesysCloud, rotationFunctionArn } = this.#sandbox;
    const seen: { respondedAtMs?: number; movedAtMs?: number; endedAtMs?: number; failure?: string } = {};
    const subscriptions = [
      genesysCloud.onTokenIssued(({ at }) => {
        seen.respondedAtMs = at.getTime();
      }),
      secretsManager.onChange(({ labelMoves, at }) => {
        if (labelMoves.some(({ label }) => label === 'AWSCURRENT')) seen.movedAtMs = at.getTime();
      }),
    ];
    const heldToken = tokensWith('AWSCURRENT', this.#secretArn, this.#sandbox)?.accessToken ?? '';
    this.#latencies.start();
    const startedAtMs = clock.nowMs();
    const { VersionId = '' } = await this.#secrets.send(
      new RotateSecretCommand({ SecretId: this.#secretArn, RotationLambdaARN: rotationFunctionArn }),
    );
    const ended = secretsManager.rotationOutcome(this.#secretArn, VersionId).then(outcome => {
      seen.endedAtMs = clock.nowMs();
      if (outcome.status !== 'succeeded') seen.failure = JSON.stringify(outcome);
    });
    await advanceUntilSettled(this.#sandbox, ended, LIMIT_SECONDS);
    this.#latencies.stop();
    for (const unsubscribe of subscriptions) unsubscribe();
    this.#rotations += 1;
    const times = this.#times(startedAtMs, seen);
    return genesysCloud.isLive(heldToken) ? { ...times, tokenGapMs: 0 } : times;
  }

  #times(
    startedAtMs: number,
    seen: { respondedAtMs?: number; movedAtMs?: number; endedAtMs?: number; failure?: string },
  ): RotationTimes {
    const { respondedAtMs, movedAtMs, endedAtMs, failure } = seen;
    const { refreshes } = this.#sandbox.genesysCloud.counts(this.#clientId);
    if (
      failure !== undefined ||
      refreshes !== this.#rotations ||
      respondedAtMs === undefined ||
      movedAtMs === undefined ||
      endedAtMs === undefined
    ) {
      throw new Error(
        `The rotation did not succeed as expected after ${refreshes} refreshes: ${failure ?? 'no failure'}.`,
      );
    }
    const { waits } = this.#latencies;
    return {
      totalMs: endedAtMs - startedAtMs,
      untilCurrentMs: movedAtMs - startedAtMs,
      tokenGapMs: movedAtMs - respondedAtMs,
      totalSplit: splitTime(waits, startedAtMs, endedAtMs),
      tokenGapSplit: splitTime(waits, respondedAtMs, movedAtMs),
      waits,
    };
  }
}
