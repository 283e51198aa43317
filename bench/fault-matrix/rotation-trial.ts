import {
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { createFirstCredential, type FirstCredential } from '../../sandbox/first-credential.ts';
import { Sandbox } from '../../sandbox/sandbox.ts';
import type { RotationOutcome } from '../../sandbox/secrets-manager/rotation.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { advanceUntilSettled } from '../advance-until-settled.ts';
import { authorizeAlternate } from '../alternate-grant.ts';
import { SecretWatch } from '../secret-watch.ts';
import { TokenLocator, tokensWith } from '../token-locator.ts';
import { type CredentialState, credentialState, type WatchedCredential } from './credential-state.ts';
import { type CallSite, type PlannedFault, RotationCalls } from './rotation-calls.ts';
import type { Scenario } from './scenarios.ts';

/** How a failed rotation is continued once the fault is removed. */
export type FollowUp = 'retry' | 'redrive';

/** The result of an attempt, or of what followed it. */
export interface AttemptResult extends CredentialState {
  /** The number of refreshes that took effect at Genesys Cloud since the rotation started. */
  readonly refreshes: number;
  /** The number of executions that were started. */
  readonly executions: number;
  /** Secrets Manager's verdict on the rotation; absent after a manual redrive, which does not report to it. */
  readonly verdict?: RotationOutcome['status'];
  /** The status of the last execution; `NONE` when there is none. */
  readonly execution: ExecutionSnapshot['status'] | 'NONE';
  /** The state that failed; absent unless the execution failed. */
  readonly state?: string;
  /** The error of the execution or, if it has none, of the rotation function. */
  readonly error?: string;
  /** The message of the error. */
  readonly message?: string;
}

/** One rotation with a fault, and what followed it. */
export interface Trial {
  readonly first: AttemptResult;
  /** Absent when the first attempt succeeded for Secrets Manager. */
  readonly last?: AttemptResult;
  /** The number of texts that people can read and that contain a secret. */
  readonly leaks: number;
}

/** The result of an attempt with two grants, or of what followed it. */
export interface TwoGrantsResult extends Pick<AttemptResult, 'verdict' | 'execution' | 'error'> {
  /** Whether the access token and the refresh token in AWSCURRENT are live. */
  readonly works: boolean;
  /** Whether AWSCURRENT has dropped the alternate grant. */
  readonly isAlternateDropped: boolean;
}

/** The rotation of a credential with two grants, with a fault that may cost one of them, and what followed it. */
export interface TwoGrantsTrial {
  readonly first: TwoGrantsResult;
  /** Absent when the first attempt succeeded for Secrets Manager. */
  readonly last?: TwoGrantsResult;
  readonly leaks: number;
}

/** The delay of both retries; the second confirms the first if Secrets Manager counted the first as failed. */
const RETRY_DELAY_MS = 60_000;
/** Longer than all retries of an execution in total. */
const LIMIT_SECONDS = 400;
/** After this time, the newest access token (lifetime: one day) expires within the maximum gap of nine hours. */
const NEARLY_EXPIRED_MS = 16 * 3_600_000;

const failedFunction = v.object({ errorType: v.string(), errorMessage: v.string() });
const refusedInvocation = v.object({ type: v.string(), message: v.string() });
const started = v.object({ secretArn: v.string() });

interface TrialRotation extends WatchedCredential {
  readonly versionId: string;
  readonly refreshesBefore: number;
  readonly executionsBefore: number;
}

/** A sandbox that runs trial rotations in sequence, each with its own credential. */
export class RotationTrials {
  readonly #sandbox: Sandbox;
  readonly #calls: RotationCalls;
  readonly #watch: SecretWatch;
  readonly #secrets: SecretsManagerClient;
  readonly #stepFunctions: SFNClient;
  readonly #locator: TokenLocator;
  readonly #executionArns = new Map<string, string[]>();
  #count = 0;

  /** @param assemblyDirectory where the stack was synthesised to */
  static async start(assemblyDirectory: string): Promise<RotationTrials> {
    const watch = new SecretWatch();
    let sandbox: Sandbox | undefined;
    const started = (): Sandbox => {
      if (sandbox === undefined) throw new Error('The sandbox has not started yet.');
      return sandbox;
    };
    const prefix = (): string => `${started().stateMachineArn.split(':').at(-1)}-`;
    const calls = new RotationCalls(prefix, started);
    sandbox = await Sandbox.start({
      assemblyDirectory,
      virtualTime: true,
      events: { rules: 'none' },
      seed: 1,
      awsInterceptors: [watch.awsInterceptor, calls.awsInterceptor],
      invocationInterceptors: [watch.invocationInterceptor, calls.invocationInterceptor],
    });
    watch.attach(sandbox);
    sandbox.genesysCloud.intercept(calls.genesysInterceptor);
    return new RotationTrials(sandbox, calls, watch);
  }

  private constructor(sandbox: Sandbox, calls: RotationCalls, watch: SecretWatch) {
    this.#sandbox = sandbox;
    this.#calls = calls;
    this.#watch = watch;
    this.#secrets = new SecretsManagerClient(sandbox.clientConfig);
    this.#stepFunctions = new SFNClient(sandbox.clientConfig);
    this.#locator = new TokenLocator(sandbox);
    sandbox.stepFunctions.onEvent(({ type, details, executionArn }) => {
      if (type !== 'ExecutionStarted') return;
      const { secretArn } = v.parse(started, JSON.parse(String(details?.input)));
      this.#executionArns.set(secretArn, [...(this.#executionArns.get(secretArn) ?? []), executionArn]);
    });
  }

  async close(): Promise<void> {
    this.#locator.close();
    this.#secrets.destroy();
    this.#stepFunctions.destroy();
    await this.#sandbox.close();
  }

  /** The calls of a rotation without a fault. */
  async callSites(scenario: Scenario): Promise<readonly CallSite[]> {
    const { first } = await this.#trial(scenario, undefined, 'retry');
    if (first.verdict !== 'succeeded') throw new Error(`A rotation without a fault failed: ${first.error}`);
    return this.#calls.sites();
  }

  /** Rotates a new credential with a fault; if the rotation fails, removes the fault and retries or redrives. */
  async run(fault: PlannedFault, followUp: FollowUp): Promise<Trial> {
    return await this.#trial(fault.scenario, fault, followUp);
  }

  /** Does the same with a credential that has two grants and was rotated before. */
  async runWithTwoGrants(fault: PlannedFault, followUp: FollowUp): Promise<TwoGrantsTrial> {
    const credential = await this.#newCredential(followUp);
    const { secretArn } = credential;
    await authorizeAlternate(credential, { sandbox: this.#sandbox, secrets: this.#secrets });
    await this.#rotateWithoutFault(secretArn);
    return await this.#rotateWith(fault.scenario, fault, followUp, credential, (rotation, outcome) =>
      this.#twoGrantsResult(rotation, outcome),
    );
  }

  async #trial(scenario: Scenario, fault: PlannedFault | undefined, followUp: FollowUp): Promise<Trial> {
    const credential = await this.#newCredential(followUp);
    if (scenario === 'older value') await this.#restoreOlderValue(credential.secretArn);
    return await this.#rotateWith(scenario, fault, followUp, credential, (rotation, outcome) =>
      this.#result(rotation, outcome),
    );
  }

  async #newCredential(followUp: FollowUp): Promise<FirstCredential> {
    const sandbox = this.#sandbox;
    this.#count += 1;
    sandbox.secretsManager.behaviour.retryDelaysMs =
      followUp === 'retry' ? [RETRY_DELAY_MS, RETRY_DELAY_MS] : [];
    return await createFirstCredential(sandbox, { secretName: `trial/${this.#count}` });
  }

  async #rotateWith<End extends Pick<AttemptResult, 'verdict'>>(
    scenario: Scenario,
    fault: PlannedFault | undefined,
    followUp: FollowUp,
    { secretArn, clientId }: FirstCredential,
    resultOf: (rotation: TrialRotation, outcome?: RotationOutcome) => Promise<End>,
  ): Promise<{ readonly first: End; readonly last?: End; readonly leaks: number }> {
    const sandbox = this.#sandbox;
    const before = tokensWith('AWSCURRENT', secretArn, sandbox);
    if (before === undefined) throw new Error(`Secret ${secretArn} has no complete credential.`);
    const { refreshes: refreshesBefore } = sandbox.genesysCloud.counts(clientId);
    const executionsBefore = this.#executions({ secretArn }).length;
    this.#calls.begin(before.journalToken);
    if (scenario === 'unrecorded')
      sandbox.faults.add({ target: 'dynamodb:TransactWriteItems', kind: 'access-denied', by: 'refresh' });
    if (fault !== undefined) this.#calls.plan(fault);

    const versionId = await this.#rotate(secretArn);
    const rotation = { secretArn, versionId, clientId, before, refreshesBefore, executionsBefore };
    const outcome = await this.#attemptEnded(rotation);
    const first = await resultOf(rotation, outcome);
    this.#calls.clear();
    const last =
      first.verdict === 'succeeded'
        ? undefined
        : await resultOf(rotation, await this.#followUp(followUp, rotation));

    await this.#secrets.send(
      new DeleteSecretCommand({ SecretId: secretArn, ForceDeleteWithoutRecovery: true }),
    );
    return { first, last, leaks: this.#watch.leaks(sandbox) };
  }

  async #rotate(secretArn: string): Promise<string> {
    const { VersionId = '' } = await this.#secrets.send(
      new RotateSecretCommand({
        SecretId: secretArn,
        RotationLambdaARN: this.#sandbox.rotationFunctionArn,
      }),
    );
    return VersionId;
  }

  /** Rotates, restores the previous value, and lets the rotation's access token nearly expire. */
  async #restoreOlderValue(secretArn: string): Promise<void> {
    const { SecretString } = await this.#secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
    await this.#rotateWithoutFault(secretArn);
    await this.#secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString }));
    await this.#sandbox.advance(NEARLY_EXPIRED_MS);
  }

  async #rotateWithoutFault(secretArn: string): Promise<void> {
    const versionId = await this.#rotate(secretArn);
    const { status } = await this.#attemptEnded({ secretArn, versionId });
    if (status !== 'succeeded') throw new Error('A rotation without a fault failed.');
  }

  /** @returns Secrets Manager's verdict; undefined after a manual redrive */
  async #followUp(followUp: FollowUp, rotation: TrialRotation): Promise<RotationOutcome | undefined> {
    if (followUp === 'redrive') {
      const executionArn = this.#executions(rotation).at(-1)?.executionArn;
      await this.#stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
      await this.#executionsClosed(rotation);
      return undefined;
    }
    await this.#sandbox.advance(RETRY_DELAY_MS);
    let retried = await this.#attemptEnded(rotation);
    if (retried.status === 'failed') {
      await this.#sandbox.advance(RETRY_DELAY_MS);
      retried = await this.#attemptEnded(rotation);
    }
    return retried;
  }

  /** Advances time until Secrets Manager has its verdict and nothing is running. */
  async #attemptEnded(rotation: Pick<TrialRotation, 'secretArn' | 'versionId'>): Promise<RotationOutcome> {
    const ended = this.#sandbox.secretsManager.rotationOutcome(rotation.secretArn, rotation.versionId);
    const outcome = await advanceUntilSettled(this.#sandbox, ended, LIMIT_SECONDS);
    await this.#executionsClosed(rotation);
    return outcome;
  }

  async #executionsClosed(rotation: Pick<TrialRotation, 'secretArn'>): Promise<void> {
    const { stepFunctions } = this.#sandbox;
    const running = () => this.#executions(rotation).find(({ status }) => status === 'RUNNING');
    for (let execution = running(); execution !== undefined; execution = running()) {
      await advanceUntilSettled(
        this.#sandbox,
        stepFunctions.executionClosed(execution.executionArn),
        LIMIT_SECONDS,
      );
    }
  }

  async #twoGrantsResult(rotation: TrialRotation, outcome?: RotationOutcome): Promise<TwoGrantsResult> {
    const { genesysCloud } = this.#sandbox;
    const current = tokensWith('AWSCURRENT', rotation.secretArn, this.#sandbox);
    const execution = this.#executions(rotation).at(-1);
    return {
      works:
        current !== undefined &&
        genesysCloud.isLive(current.accessToken) &&
        genesysCloud.isLive(current.refreshToken),
      isAlternateDropped: current?.alternateRefreshToken === null,
      ...(outcome !== undefined && { verdict: outcome.status }),
      execution: execution?.status ?? 'NONE',
      ...failureOf(execution, outcome),
    };
  }

  async #result(rotation: TrialRotation, outcome?: RotationOutcome): Promise<AttemptResult> {
    const sandbox = this.#sandbox;
    const all = this.#executions(rotation);
    const arns = all.map(({ executionArn }) => executionArn);
    const executions = all.slice(rotation.executionsBefore);
    const execution = executions.at(-1);
    return {
      ...(await credentialState(rotation, arns, { sandbox, locator: this.#locator })),
      refreshes: sandbox.genesysCloud.counts(rotation.clientId).refreshes - rotation.refreshesBefore,
      executions: executions.length,
      ...(outcome !== undefined && { verdict: outcome.status }),
      execution: execution?.status ?? 'NONE',
      ...failureOf(execution, outcome),
    };
  }

  #executions({ secretArn }: Pick<TrialRotation, 'secretArn'>): ExecutionSnapshot[] {
    const arns = this.#executionArns.get(secretArn) ?? [];
    return arns.map(arn => this.#sandbox.stepFunctions.execution(arn));
  }
}

/** The execution's failure, or else the one that was reported to Secrets Manager. */
function failureOf(
  execution: ExecutionSnapshot | undefined,
  outcome: RotationOutcome | undefined,
): Pick<AttemptResult, 'state' | 'error' | 'message'> {
  if (execution?.status === 'FAILED') {
    const { error = '', cause = '' } = execution.failure;
    return { state: execution.stateName, error, message: messageIn(cause) };
  }
  if (outcome?.status !== 'failed') return {};
  const thrown = v.safeParse(failedFunction, outcome.cause);
  if (thrown.success) return { error: thrown.output.errorType, message: thrown.output.errorMessage };
  const refused = v.safeParse(refusedInvocation, outcome.cause);
  if (refused.success) return { error: refused.output.type, message: refused.output.message };
  return { ...(outcome.cause instanceof Error && { error: outcome.cause.name }), message: outcome.error };
}

function messageIn(cause: string): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), failedFunction), cause);
  return parsed.success ? parsed.output.errorMessage : cause;
}
