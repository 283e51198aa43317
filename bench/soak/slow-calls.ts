import type { AwsCall } from '../../sandbox/aws/service.ts';
import type { GenesysInterceptor } from '../../sandbox/genesys-cloud/interceptor.ts';
import type { Latencies } from '../../sandbox/latencies.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { seededRandom, seedOf } from '../../sandbox/seeded-random.ts';

/** The maximum delay of a response of the token endpoint, in ms; the functions wait a little longer. */
export const MAX_RESPONSE_MS = 19_000;
const SLOW_RESPONSES = 0.15;

/** The maximum initialisation of a function, in ms; Lambda allows 10 s. */
const MAX_INITIALISATION_MS = 9_000;
const COLD_STARTS = 0.1;

/** An invocation that starts this late, in ms, outlives the Task that waits for it and becomes an orphan. */
export const MAX_START_DELAY_MS = 60_000;
const LATE_STARTS = 0.01;

/** These calls of a function take some time, so that something can happen between a read and the write after it. */
const AWS_CALL_MS = 100;
const TIMED_OPERATIONS: ReadonlySet<string> = new Set([
  'GetSecretValue',
  'PutItem',
  'PutSecretValue',
  'TransactWriteItems',
  'UpdateItem',
  'UpdateSecretVersionStage',
]);

/**
 * Delays some responses of the token endpoint, some initialisations, and some invocations for so long that Step
 * Functions times out their Task before they start. Each kind of call has its own random numbers.
 */
export class SlowCalls {
  readonly #seed: number;
  readonly #dice = new Map<string, () => number>();
  /** No response is delayed while a fault is pending or delays a request: both delays together would lose it. */
  readonly #isFaulty: () => boolean;
  #sandbox: Sandbox | undefined;

  constructor({ seed, isFaulty }: { readonly seed: number; readonly isFaulty: () => boolean }) {
    this.#seed = seed;
    this.#isFaulty = isFaulty;
  }

  readonly latencies: Latencies = {
    awsCall: ({ caller, operation }: AwsCall) =>
      caller.functionArn !== undefined && TIMED_OPERATIONS.has(operation) ? AWS_CALL_MS : 0,
    invocation: functionName => {
      if (this.#sandbox === undefined) return 0;
      const dice = this.#diceOf(functionName);
      const share = dice();
      if (share < LATE_STARTS && functionName !== this.#rotationFunctionName()) {
        return Math.round(MAX_INITIALISATION_MS + dice() * (MAX_START_DELAY_MS - MAX_INITIALISATION_MS));
      }
      return share < COLD_STARTS ? Math.round(dice() * MAX_INITIALISATION_MS) : 0;
    },
  };

  /** Starts to delay calls. */
  begin(sandbox: Sandbox): void {
    this.#sandbox = sandbox;
    sandbox.genesysCloud.intercept(this.#genesysInterceptor(sandbox));
  }

  /** Stops delaying calls; calls that are already delayed stay delayed. */
  end(): void {
    this.#sandbox = undefined;
  }

  #genesysInterceptor(sandbox: Sandbox): GenesysInterceptor {
    const dice = this.#diceOf('genesys:token');
    return async ({ grantType }, next) => {
      if (grantType !== 'refresh_token' || this.#sandbox === undefined || this.#isFaulty())
        return await next();
      if (dice() >= SLOW_RESPONSES) return await next();
      const ms = Math.round(dice() * MAX_RESPONSE_MS);
      const isSlowBefore = dice() < 0.5;
      if (isSlowBefore) await sandbox.pause(ms);
      const response = await next();
      if (!isSlowBefore) await sandbox.pause(ms);
      return response;
    };
  }

  #rotationFunctionName(): string | undefined {
    return this.#sandbox?.rotationFunctionArn.split(':').at(-1);
  }

  #diceOf(name: string): () => number {
    const dice = this.#dice.get(name) ?? seededRandom(seedOf(`${this.#seed} slow ${name}`));
    this.#dice.set(name, dice);
    return dice;
  }
}
