import { KMSClient } from '@aws-sdk/client-kms';
import {
  DeleteSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { createFirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import { Sandbox } from '../../sandbox/sandbox.ts';
import type { RotationOutcome } from '../../sandbox/secrets-manager/rotation.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { inTime } from '../in-time.ts';
import { SecretWatch } from '../secret-watch.ts';
import { type CredentialState, credentialState } from './credential-state.ts';
import { type CallSite, type PlannedFault, RotationCalls } from './rotation-calls.ts';

/** What is done about a rotation that has failed, once the fault is gone. */
export type FollowUp = 'retry' | 'redrive';

/** How a part of a trial ended. */
export interface Ending extends CredentialState {
  /** What Secrets Manager thinks of the rotation; absent after a redrive by hand, of which it does not hear. */
  readonly verdict?: RotationOutcome['status'];
  /** Of the last execution; `NONE` when there is none. */
  readonly execution: ExecutionSnapshot['status'] | 'NONE';
  /** The state that failed; absent unless the execution failed. */
  readonly state?: string;
  /** The execution's, or else the rotation function's; absent when neither has one. */
  readonly error?: string;
  /** The message that goes with it. */
  readonly message?: string;
}

/** One rotation with a fault, and what followed upon it. */
export interface Trial {
  readonly first: Ending;
  /** Absent when Secrets Manager called the first attempt a success. */
  readonly last?: Ending;
  /** How many refreshes had an effect at Genesys Cloud, in all. */
  readonly refreshes: number;
  /** In how many texts that people can read stood a secret. */
  readonly leaks: number;
}

/** Secrets Manager's second retry confirms what the first one did, should that count as failed all the same. */
const RETRY_DELAY_MS = 60_000;
/** More than a rotation takes: each of its four steps gives up after a minute, and an execution after five. */
const LIMIT_SECONDS = 400;

const failedFunction = v.object({ errorType: v.string(), errorMessage: v.string() });
const refusedInvocation = v.object({ type: v.string(), message: v.string() });
const started = v.object({ secretArn: v.string() });

interface TriedRotation {
  readonly secretArn: string;
  readonly versionId: string;
  readonly clientId: string;
}

/** A sandbox in which rotations are tried out, one after the other, each with a credential of its own. */
export class RotationTrials {
  readonly #sandbox: Sandbox;
  readonly #calls: RotationCalls;
  readonly #watch: SecretWatch;
  readonly #secrets: SecretsManagerClient;
  readonly #stepFunctions: SFNClient;
  readonly #kms: KMSClient;
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
    const calls = new RotationCalls(prefix, () => started().faults);
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
    this.#kms = new KMSClient(sandbox.clientConfig);
    sandbox.stepFunctions.onEvent(({ type, details, executionArn }) => {
      if (type !== 'ExecutionStarted') return;
      const { secretArn } = v.parse(started, JSON.parse(String(details?.input)));
      this.#executionArns.set(secretArn, [...(this.#executionArns.get(secretArn) ?? []), executionArn]);
    });
  }

  async close(): Promise<void> {
    await this.#sandbox.close();
  }

  /** The calls of a rotation to which nothing happens. */
  async callSites(): Promise<readonly CallSite[]> {
    const { first } = await this.#trial(undefined, 'retry');
    if (first.verdict !== 'succeeded') throw new Error(`A rotation without a fault failed: ${first.error}`);
    return this.#calls.sites();
  }

  /** Rotates a new credential with a fault; if the rotation fails, takes the fault away and follows up. */
  async run(fault: PlannedFault, followUp: FollowUp): Promise<Trial> {
    return await this.#trial(fault, followUp);
  }

  async #trial(fault: PlannedFault | undefined, followUp: FollowUp): Promise<Trial> {
    const sandbox = this.#sandbox;
    this.#count += 1;
    const { secretArn, clientId } = await createFirstCredential(sandbox, {
      secretName: `trial/${this.#count}`,
    });
    sandbox.secretsManager.behaviour.retryDelaysMs =
      followUp === 'retry' ? [RETRY_DELAY_MS, RETRY_DELAY_MS] : [];
    if (fault !== undefined) this.#calls.plan(fault);

    const { VersionId: versionId = '' } = await this.#secrets.send(
      new RotateSecretCommand({ SecretId: secretArn, RotationLambdaARN: sandbox.rotationFunctionArn }),
    );
    const rotation = { secretArn, versionId, clientId };
    const outcome = await this.#attemptEnded(rotation);
    const first = await this.#ending(rotation, outcome);
    this.#calls.clear();
    const last = first.verdict === 'succeeded' ? undefined : await this.#followUp(followUp, rotation);

    await this.#secrets.send(
      new DeleteSecretCommand({ SecretId: secretArn, ForceDeleteWithoutRecovery: true }),
    );
    const { refreshes } = sandbox.genesysCloud.counts(clientId);
    return { first, ...(last !== undefined && { last }), refreshes, leaks: this.#watch.leaks(sandbox) };
  }

  async #followUp(followUp: FollowUp, rotation: TriedRotation): Promise<Ending> {
    if (followUp === 'redrive') {
      const executionArn = this.#executions(rotation).at(-1)?.executionArn;
      await this.#stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
      await this.#executionsClosed(rotation);
      return await this.#ending(rotation);
    }
    await this.#sandbox.advance(RETRY_DELAY_MS);
    let retried = await this.#attemptEnded(rotation);
    if (retried.status === 'failed') {
      await this.#sandbox.advance(RETRY_DELAY_MS);
      retried = await this.#attemptEnded(rotation);
    }
    return await this.#ending(rotation, retried);
  }

  /** Lets time pass until Secrets Manager has its verdict and nothing runs any more. */
  async #attemptEnded(rotation: TriedRotation): Promise<RotationOutcome> {
    const ended = this.#sandbox.secretsManager.rotationOutcome(rotation.secretArn, rotation.versionId);
    const outcome = await inTime(this.#sandbox, ended, LIMIT_SECONDS);
    await this.#executionsClosed(rotation);
    return outcome;
  }

  async #executionsClosed(rotation: TriedRotation): Promise<void> {
    const { stepFunctions } = this.#sandbox;
    const running = () => this.#executions(rotation).find(({ status }) => status === 'RUNNING');
    for (let execution = running(); execution !== undefined; execution = running()) {
      await inTime(this.#sandbox, stepFunctions.executionClosed(execution.executionArn), LIMIT_SECONDS);
    }
  }

  async #ending(rotation: TriedRotation, outcome?: RotationOutcome): Promise<Ending> {
    const { genesysCloud, stack } = this.#sandbox;
    const executions = this.#executions(rotation);
    const sealKeyArn = stack.functions.map(({ environment }) => environment.SEAL_KEY_ARN).find(Boolean) ?? '';
    const access = { secrets: this.#secrets, kms: this.#kms, sealKeyArn, genesysCloud };
    const execution = executions.at(-1);
    return {
      ...(await credentialState(rotation, executions, access)),
      ...(outcome !== undefined && { verdict: outcome.status }),
      execution: execution?.status ?? 'NONE',
      ...failureOf(execution, outcome),
    };
  }

  #executions({ secretArn }: TriedRotation): ExecutionSnapshot[] {
    const arns = this.#executionArns.get(secretArn) ?? [];
    return arns.map(arn => this.#sandbox.stepFunctions.execution(arn));
  }
}

/** The execution's failure, or else what Secrets Manager was told. */
function failureOf(
  execution: ExecutionSnapshot | undefined,
  outcome: RotationOutcome | undefined,
): Pick<Ending, 'state' | 'error' | 'message'> {
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
