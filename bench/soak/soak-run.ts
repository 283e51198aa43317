import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { DAY_MS, HOUR_MS } from '../../functions/shared/durations.ts';
import { createFirstCredential, type FirstCredential } from '../../sandbox/first-credential.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { seededRandom, seedOf } from '../../sandbox/seeded-random.ts';
import type { SecretWatch } from '../secret-watch.ts';
import { tokensWith } from '../token-locator.ts';
import { ActionQueue } from './action-queue.ts';
import { consume } from './consumer.ts';
import { executionInput } from './execution-input.ts';
import type { SoakFigures } from './figures.ts';
import { GrantLosses } from './grant-losses.ts';
import { Operator } from './operator.ts';
import { Outages } from './outages.ts';
import { People } from './people.ts';
import type { Promotions } from './promotions.ts';
import { createPublishedSecret, publishedNameOf } from './published-secret.ts';
import type { RandomFaults } from './random-faults.ts';
import type { SlowCalls } from './slow-calls.ts';
import { CRON_SCHEDULE, type SoakOptions } from './soak-options.ts';
import type { TokenLedger } from './token-ledger.ts';

/** A running soak. */
export class SoakRun {
  readonly #options: SoakOptions;
  readonly #sandbox: Sandbox;
  readonly #watch: SecretWatch;
  readonly #randomFaults: RandomFaults;
  readonly #slowCalls: SlowCalls | undefined;
  readonly #ledger: TokenLedger;
  readonly #losses: GrantLosses;
  readonly #secrets: SecretsManagerClient;
  readonly #stepFunctions: SFNClient;
  readonly #operator: Operator;
  readonly #outages: Outages;
  readonly #queue = new ActionQueue();
  readonly #random: () => number;
  readonly #credentials = new Map<string, FirstCredential>();
  /** The secrets by their executions, the oldest execution first. */
  readonly #secretArns = new Map<string, string>();
  readonly #people: People;
  #executionsFailed = 0;
  #redrives = 0;
  #faultsInjected = 0;
  #consumerCalls = 0;
  #consumerFailures = 0;
  #failuresByPeople = 0;
  #failuresWithTwoGrants = 0;
  #alternateLogins = 0;
  #leaks = 0;

  constructor(
    options: SoakOptions,
    sandbox: Sandbox,
    parts: {
      readonly watch: SecretWatch;
      readonly ledger: TokenLedger;
      readonly promotions: Promotions;
      readonly randomFaults: RandomFaults;
      readonly slowCalls: SlowCalls | undefined;
    },
  ) {
    this.#options = options;
    this.#sandbox = sandbox;
    this.#watch = parts.watch;
    this.#randomFaults = parts.randomFaults;
    this.#slowCalls = parts.slowCalls;
    this.#ledger = parts.ledger;
    this.#secrets = new SecretsManagerClient(sandbox.clientConfig);
    this.#stepFunctions = new SFNClient(sandbox.clientConfig);
    this.#random = seededRandom(seedOf(`${options.seed} people`));
    this.#people = new People({
      sandbox,
      secrets: this.#secrets,
      stepFunctions: this.#stepFunctions,
      queue: this.#queue,
      random: this.#random,
      executionsOf: secretArn =>
        [...this.#secretArns].flatMap(([arn, owner]) => (owner === secretArn ? [arn] : [])),
      onBlocked: secretArn => this.#outages.recordBlocked(secretArn, sandbox.clock.nowMs()),
      waitForPendingFault: () => this.#waitForPendingFault(),
    });
    parts.watch.attach(sandbox);
    parts.ledger.attach(sandbox);
    this.#outages = new Outages(sandbox, parts.promotions, options.published ?? false);
    this.#losses = new GrantLosses(sandbox, parts.promotions, {
      onLoss: (secretArn, refreshToken) => {
        this.#queue.add(sandbox.clock.nowMs(), () =>
          this.#operator.recordLoss(this.#credentialOf(secretArn), refreshToken),
        );
      },
      onReport: secretArn => this.#planOperator(() => this.#addAlternate(this.#credentialOf(secretArn))),
    });
    this.#operator = new Operator({
      sandbox,
      secrets: this.#secrets,
      stepFunctions: this.#stepFunctions,
      ledger: parts.ledger,
      wait: ms => this.#runUntil(sandbox.clock.nowMs() + ms),
    });
    sandbox.faults.onInjected(() => {
      this.#faultsInjected += 1;
    });
    sandbox.stepFunctions.onEvent(({ type, details, executionArn }) => {
      if (type === 'ExecutionStarted') {
        const { secretArn } = v.parse(executionInput, details?.input);
        this.#secretArns.set(executionArn, secretArn);
        this.#people.planActionsDuringRotation(secretArn);
      } else if (type === 'ExecutionRedriven') {
        this.#redrives += 1;
        this.#people.planActionsDuringRotation(this.#secretArns.get(executionArn) ?? '');
      } else if (type === 'SucceedStateEntered' && details?.name === 'Superseded') {
        this.#outages.recordBlocked(this.#secretArns.get(executionArn) ?? '', sandbox.clock.nowMs());
      } else if (type === 'ExecutionFailed' || type === 'ExecutionTimedOut' || type === 'ExecutionAborted')
        this.#onFailure(executionArn);
    });
  }

  async close(): Promise<void> {
    this.#secrets.destroy();
    this.#stepFunctions.destroy();
    await this.#sandbox.close();
  }

  /** Runs the whole soak. */
  async figures(): Promise<SoakFigures> {
    const { clock, faults, stateMachineArn } = this.#sandbox;
    await this.#begin();
    this.#randomFaults.begin(faults, `${stateMachineArn.split(':').at(-1)}-`);
    this.#slowCalls?.begin(this.#sandbox);
    await this.#runUntil(clock.nowMs() + this.#options.days * DAY_MS);
    this.#randomFaults.end();
    this.#slowCalls?.end();
    this.#people.stop();
    // Time for the operator's last actions and another rotation.
    await this.#runUntil(clock.nowMs() + 2 * this.#options.operatorAfterMs + DAY_MS);
    this.#readAll();

    const { logins, replaced } = this.#operator;
    const lostInTransit = replaced.filter(location => location === 'lost in transit').length;
    const started = this.#sandbox.cloudTrail.events().filter(({ name }) => name === 'RotationStarted');
    return {
      rotations: new Set(started.map(({ requestId }) => requestId)).size,
      faultsInjected: this.#faultsInjected,
      executionsFailed: this.#executionsFailed,
      redrives: this.#redrives,
      humanActions: this.#people.actions,
      reauthorisations: logins,
      alternateLogins: this.#alternateLogins,
      grantsLost: this.#losses.count,
      lossesNotReported: this.#losses.unreported,
      lostInTransit,
      unrecoverable: replaced.length - lostInTransit + this.#brokenCredentials(),
      consumerCalls: this.#consumerCalls,
      consumerFailures: this.#consumerFailures,
      failuresByPeople: this.#failuresByPeople,
      failuresWithTwoGrants: this.#failuresWithTwoGrants,
      longestOutageSeconds: Math.round(this.#outages.longestMs(clock.nowMs()) / 1000),
      leaks: this.#leaks,
    };
  }

  async #begin(): Promise<void> {
    const { schedule, window } = this.#options;
    const { secretsManager, rotationFunctionArn, clock } = this.#sandbox;
    for (let index = 0; index < this.#options.secrets; index++) {
      const credential = await createFirstCredential(this.#sandbox, { secretName: `soak/${index + 1}` });
      this.#credentials.set(credential.secretArn, credential);
      if (this.#options.published) await createPublishedSecret(credential, this.#sandbox);
      secretsManager.enableRotation(credential.secretArn, rotationFunctionArn, {
        ScheduleExpression: index % 3 === 1 ? CRON_SCHEDULE : schedule,
        Duration: window,
      });
      if (this.#options.alternating) {
        await this.#sandbox.advance(secretsManager.behaviour.readLagMs);
        await this.#operator.addAlternate(credential);
      }
      this.#consumeAt(clock.nowMs() + this.#random() * HOUR_MS, credential.secretArn);
      if (this.#options.people) this.#people.start(credential);
    }
    this.#readAt(clock.nowMs() + DAY_MS);
    if (this.#options.alternating) this.#checkStatusAt(clock.nowMs() + DAY_MS);
  }

  #consumeAt(atMs: number, secretArn: string): void {
    this.#queue.add(atMs, async () => {
      this.#consumeAt(atMs + HOUR_MS, secretArn);
      await this.#waitForPendingFault();
      const { apiUrl } = this.#sandbox.genesysCloud;
      this.#consumerCalls += 1;
      const secretId = this.#options.published ? publishedNameOf(secretArn) : secretArn;
      if (!(await consume(secretId, { secrets: this.#secrets, apiUrl })))
        await this.#recordFailure(secretArn);
    });
  }

  async #recordFailure(secretArn: string): Promise<void> {
    this.#consumerFailures += 1;
    const readArn = this.#options.published
      ? this.#sandbox.secretsManager.secret(publishedNameOf(secretArn))?.arn
      : secretArn;
    const outage = this.#outages.outageOf(readArn ?? secretArn, this.#sandbox.clock.nowMs());
    if (outage?.isByPeople === true) {
      this.#failuresByPeople += 1;
      return;
    }
    const tokens = outage?.tokens ?? tokensWith('AWSCURRENT', secretArn, this.#sandbox);
    const { clientId } = this.#credentialOf(secretArn);
    const isLive = (refreshToken: string): Promise<boolean> =>
      this.#ledger.isGrantLive(secretArn, clientId, refreshToken);
    if (typeof tokens?.alternateRefreshToken !== 'string') return;
    if ((await isLive(tokens.refreshToken)) && (await isLive(tokens.alternateRefreshToken)))
      this.#failuresWithTwoGrants += 1;
  }

  /** Once a day, the operator checks `status`: people may have restored a value with a single grant. */
  #checkStatusAt(atMs: number): void {
    this.#queue.add(atMs, async () => {
      this.#checkStatusAt(atMs + DAY_MS);
      for (const credential of this.#credentials.values()) await this.#addAlternate(credential);
    });
  }

  async #addAlternate(credential: FirstCredential): Promise<void> {
    await this.#waitForPendingFault();
    if (await this.#operator.addAlternate(credential)) this.#alternateLogins += 1;
  }

  /** Waits until no fault is pending for a function's request, which a person's request would trigger. */
  async #waitForPendingFault(): Promise<void> {
    while (this.#randomFaults.hasPendingGenesysFault) await this.#sandbox.advance(1_000);
  }

  /** Once a day, searches everything that was written for secrets, to free its memory. */
  #readAt(atMs: number): void {
    this.#queue.add(atMs, async () => {
      this.#readAt(atMs + DAY_MS);
      this.#readAll();
    });
  }

  #readAll(): void {
    this.#leaks += this.#watch.leaks(this.#sandbox);
  }

  #onFailure(executionArn: string): void {
    this.#executionsFailed += 1;
    const secretArn = this.#secretArns.get(executionArn) ?? '';
    const credential = this.#credentialOf(secretArn);
    this.#planOperator(() => this.#operator.handleFailure(executionArn, credential));
  }

  /** Plans an action of the operator some hours after an event. */
  #planOperator(act: () => Promise<void>): void {
    const delayMs = this.#options.operatorAfterMs * (0.5 + this.#random());
    this.#queue.add(this.#sandbox.clock.nowMs() + delayMs, async () => {
      await this.#waitForPendingFault();
      await act();
    });
  }

  #credentialOf(secretArn: string): FirstCredential {
    const credential = this.#credentials.get(secretArn);
    if (credential === undefined) throw new Error(`${secretArn} is not a secret of this soak.`);
    return credential;
  }

  async #runUntil(untilMs: number): Promise<void> {
    const { clock } = this.#sandbox;
    for (;;) {
      const due = this.#queue.next(clock.nowMs());
      if (due !== undefined) await due.act();
      else if (clock.nowMs() >= untilMs) return;
      // Events until then can plan an action that is due earlier.
      else await this.#sandbox.advanceUntil(() => Math.min(untilMs, this.#queue.nextAtMs ?? untilMs));
    }
  }

  /** The number of secrets whose credential does not work. */
  #brokenCredentials(): number {
    const works = (secretArn: string): boolean => {
      const tokens = tokensWith('AWSCURRENT', secretArn, this.#sandbox);
      const { genesysCloud } = this.#sandbox;
      return (
        tokens !== undefined &&
        genesysCloud.isLive(tokens.accessToken) &&
        genesysCloud.isLive(tokens.refreshToken) &&
        (typeof tokens.alternateRefreshToken !== 'string' ||
          genesysCloud.isLive(tokens.alternateRefreshToken))
      );
    };
    return [...this.#credentials.keys()].filter(secretArn => !works(secretArn)).length;
  }
}
