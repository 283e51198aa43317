import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { DAY_MS, HOUR_MS } from '../../../functions/shared/durations.ts';
import { createFirstCredential, type FirstCredential } from '../../../sandbox/first-credential.ts';
import type { InvocationInterceptor } from '../../../sandbox/lambda/invocation-interceptor.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { seededRandom, seedOf } from '../../../sandbox/seeded-random.ts';
import { synthesizeOneLambda } from '../../rotation/one-lambda/stack.ts';
import { tokensWith } from '../../token-locator.ts';
import { ActionQueue } from '../action-queue.ts';
import { consume } from '../consumer.ts';
import { People } from '../people.ts';
import { authorizeAgain, Person } from '../person.ts';
import { RandomFaults } from '../random-faults.ts';
import { startRepeatable } from '../repeatable-sandbox.ts';
import { SlowCalls } from '../slow-calls.ts';
import { CRON_SCHEDULE, type SoakOptions, sandboxOptionsOf } from '../soak-options.ts';

const rotationStep = v.object({ Step: v.string(), SecretId: v.string() });

/** The figures that are compared. */
export interface ComparedFigures {
  readonly rotations: number;
  /** Refresh tokens that a login had to replace. */
  readonly tokensLost: number;
  /** Logins that were needed to make a credential work again. */
  readonly rescues: number;
  readonly consumerCalls: number;
  readonly consumerFailures: number;
}

/** Synthesises the stack of the single Lambda function. */
export function synthesizeSingleLambda(assemblyDirectory: string): Promise<void> {
  return synthesizeOneLambda(assemblyDirectory, new URL('./handler.ts', import.meta.url));
}

/** Runs the soak of the workflow on the single Lambda function: the same schedule, faults, people and consumers. */
export async function singleLambdaSoak(options: SoakOptions): Promise<ComparedFigures> {
  const { faultRate: rate, seed } = options;
  const randomFaults = new RandomFaults({ rate, seed });
  const slowCalls = new SlowCalls({ seed, isFaulty: () => randomFaults.hasPendingGenesysFault });
  let run: SingleLambdaRun | undefined;
  const watch: InvocationInterceptor = async ({ payload }, next) => {
    const step = v.safeParse(rotationStep, payload);
    if (step.success && step.output.Step === 'createSecret') run?.onRotationStarted(step.output.SecretId);
    let isFailed = true;
    try {
      const invocation = await next();
      isFailed = invocation.functionError !== undefined;
      return invocation;
    } finally {
      if (step.success && isFailed) run?.onStepFailed(step.output.SecretId);
    }
  };
  const sandbox = await startRepeatable({
    assemblyDirectory: options.assemblyDirectory,
    seed,
    ...sandboxOptionsOf(options),
    ...(options.people && { latencies: slowCalls.latencies }),
    awsInterceptors: [randomFaults.awsInterceptor],
    invocationInterceptors: [watch, randomFaults.invocationInterceptor],
  });
  run = new SingleLambdaRun(options, sandbox, randomFaults, slowCalls);
  try {
    return await run.figures();
  } finally {
    await run.close();
  }
}

class SingleLambdaRun {
  readonly #options: SoakOptions;
  readonly #sandbox: Sandbox;
  readonly #randomFaults: RandomFaults;
  readonly #slowCalls: SlowCalls;
  readonly #secrets: SecretsManagerClient;
  readonly #stepFunctions: SFNClient;
  readonly #queue = new ActionQueue();
  readonly #random: () => number;
  readonly #people: People;
  readonly #credentials = new Map<string, FirstCredential>();
  /** The secrets that the operator will attend to. */
  readonly #planned = new Set<string>();
  readonly #lost = new Set<string>();
  #rescues = 0;
  #consumerCalls = 0;
  #consumerFailures = 0;

  constructor(options: SoakOptions, sandbox: Sandbox, randomFaults: RandomFaults, slowCalls: SlowCalls) {
    this.#options = options;
    this.#sandbox = sandbox;
    this.#randomFaults = randomFaults;
    this.#slowCalls = slowCalls;
    this.#secrets = new SecretsManagerClient(sandbox.clientConfig);
    this.#stepFunctions = new SFNClient(sandbox.clientConfig);
    this.#random = seededRandom(seedOf(`${options.seed} people`));
    this.#people = new People({
      sandbox,
      secrets: this.#secrets,
      stepFunctions: this.#stepFunctions,
      queue: this.#queue,
      random: this.#random,
      executionsOf: () => [],
      onBlocked: () => {},
      waitForPendingFault: () => this.#waitForPendingFault(),
    });
  }

  async close(): Promise<void> {
    this.#secrets.destroy();
    this.#stepFunctions.destroy();
    await this.#sandbox.close();
  }

  /** Called when an attempt at a rotation starts. */
  onRotationStarted(secretArn: string): void {
    this.#people.planActionsDuringRotation(secretArn);
  }

  /** Called when a step of a rotation has failed. */
  onStepFailed(secretArn: string): void {
    const credential = this.#credentials.get(secretArn);
    if (credential === undefined || this.#planned.has(secretArn)) return;
    this.#planned.add(secretArn);
    const delayMs = this.#options.operatorAfterMs * (0.5 + this.#random());
    this.#queue.add(this.#sandbox.clock.nowMs() + delayMs, () => this.#handleFailure(credential));
  }

  async figures(): Promise<ComparedFigures> {
    const { clock, faults, cloudTrail } = this.#sandbox;
    for (let index = 0; index < this.#options.secrets; index++) await this.#addSecret(index);
    this.#randomFaults.begin(faults, '');
    if (this.#options.people) this.#slowCalls.begin(this.#sandbox);
    await this.#runUntil(clock.nowMs() + this.#options.days * DAY_MS);
    this.#randomFaults.end();
    this.#slowCalls.end();
    this.#people.stop();
    await this.#runUntil(clock.nowMs() + 2 * this.#options.operatorAfterMs + DAY_MS);

    const started = cloudTrail.events().filter(({ name }) => name === 'RotationStarted');
    return {
      rotations: new Set(started.map(({ requestId }) => requestId)).size,
      tokensLost: this.#lost.size,
      rescues: this.#rescues,
      consumerCalls: this.#consumerCalls,
      consumerFailures: this.#consumerFailures,
    };
  }

  async #addSecret(index: number): Promise<void> {
    const { secretsManager, rotationFunctionArn, clock } = this.#sandbox;
    const credential = await createFirstCredential(this.#sandbox, { secretName: `soak/${index + 1}` });
    this.#credentials.set(credential.secretArn, credential);
    secretsManager.enableRotation(credential.secretArn, rotationFunctionArn, {
      ScheduleExpression: index % 3 === 1 ? CRON_SCHEDULE : this.#options.schedule,
      Duration: this.#options.window,
    });
    this.#consumeAt(clock.nowMs() + this.#random() * HOUR_MS, credential.secretArn);
    if (this.#options.people) this.#people.start(credential);
  }

  #consumeAt(atMs: number, secretArn: string): void {
    this.#queue.add(atMs, async () => {
      this.#consumeAt(atMs + HOUR_MS, secretArn);
      await this.#waitForPendingFault();
      const { apiUrl } = this.#sandbox.genesysCloud;
      this.#consumerCalls += 1;
      if (!(await consume(secretArn, { secrets: this.#secrets, apiUrl }))) this.#consumerFailures += 1;
    });
  }

  /** If AWSCURRENT has no live refresh token, removes the AWSPENDING that blocks the next rotation, and logs in. */
  async #handleFailure(credential: FirstCredential): Promise<void> {
    await this.#waitForPendingFault();
    const { secretArn } = credential;
    const { genesysCloud } = this.#sandbox;
    this.#planned.delete(secretArn);
    const tokens = tokensWith('AWSCURRENT', secretArn, this.#sandbox);
    if (tokens !== undefined && genesysCloud.isLive(tokens.refreshToken)) return;
    const login = genesysCloud
      .lineages(credential.clientId)
      .find(lineage => lineage.tokens.some(({ fingerprint }) => fingerprint === tokens?.refreshToken));
    const newest = login?.tokens.findLast(({ kind }) => kind === 'refresh');
    if (newest !== undefined) this.#lost.add(newest.fingerprint);
    this.#rescues += 1;
    const tools = { sandbox: this.#sandbox, secrets: this.#secrets, stepFunctions: this.#stepFunctions };
    await new Person(credential, tools).removePending();
    await authorizeAgain(credential, tools);
  }

  async #waitForPendingFault(): Promise<void> {
    while (this.#randomFaults.hasPendingGenesysFault) await this.#sandbox.advance(1_000);
  }

  async #runUntil(untilMs: number): Promise<void> {
    const { clock } = this.#sandbox;
    for (;;) {
      const due = this.#queue.next(clock.nowMs());
      if (due !== undefined) await due.act();
      else if (clock.nowMs() >= untilMs) return;
      else await this.#sandbox.advanceUntil(() => Math.min(untilMs, this.#queue.nextAtMs ?? untilMs));
    }
  }
}
