import {
  CancelRotateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  SecretsManagerServiceException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
  type SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import { authorizeCode } from '../../sandbox/genesys-cloud/browser.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { currentValue } from '../alternate-grant.ts';
import { publishLogin } from './published-secret.ts';

/** Actions of people on a secret and its executions that are not in the runbook. */
export const HUMAN_ACTIONS = [
  'edit another key',
  'roll back by labels',
  'write an old value back',
  'stage a version under a custom label',
  'leave a stray AWSPENDING',
  'log in',
  'cancel the rotation',
  'stop an execution',
  'redrive a failed execution',
] as const;

/** See {@link HUMAN_ACTIONS}. */
export type HumanAction = (typeof HUMAN_ACTIONS)[number];

/** The dependencies of a person. */
export interface PersonTools {
  readonly sandbox: Sandbox;
  readonly secrets: SecretsManagerClient;
  readonly stepFunctions: SFNClient;
}

/** The AWS errors for a request that is impossible in the current state. */
const REFUSALS = new Set([
  'InvalidRequestException',
  'InvalidParameterException',
  'ResourceNotFoundException',
]);

/** Logs in again and stores the new tokens, which become AWSCURRENT. An alternate grant stays. */
export async function authorizeAgain(
  { secretArn, ...login }: FirstCredential,
  { sandbox, secrets }: Pick<PersonTools, 'sandbox' | 'secrets'>,
): Promise<void> {
  const { loginUrl } = sandbox.genesysCloud;
  const current = await currentValue(secretArn, secrets);
  const { accessToken, refreshToken, expiresInSeconds } = await authorizeCode({ loginUrl, ...login });
  const { clientId, clientSecret } = login;
  const expiresAt = new Date(sandbox.clock.nowMs() + expiresInSeconds * 1_000);
  const value = { ...current, clientId, clientSecret, accessToken, refreshToken, expiresAt };
  await secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: JSON.stringify(value) }));
  await publishLogin(secretArn, { sandbox, secrets });
}

/** A person who works on one secret, with the AWS SDK. Their reads may be stale. */
export class Person {
  readonly #credential: FirstCredential;
  readonly #tools: PersonTools;
  /** The values read from AWSCURRENT so far, the oldest first. */
  readonly #copies: string[] = [];
  #notes = 0;

  constructor(credential: FirstCredential, tools: PersonTools) {
    this.#credential = credential;
    this.#tools = tools;
  }

  /**
   * Performs an action, unless AWS rejects it in the current state.
   *
   * @param choice from 0 to below 1: which old value, or which execution
   * @param executionArns the secret's executions, the oldest first
   * @returns whether it was possible
   */
  async act(action: HumanAction, choice: number, executionArns: readonly string[]): Promise<boolean> {
    try {
      await this.#copyCurrent();
      return await this.#perform(action, choice, executionArns);
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }

  /**
   * Enables rotation again after it was cancelled: removes an AWSPENDING that blocks it, and rotates.
   *
   * @returns whether Secrets Manager accepted it
   */
  async resume(): Promise<boolean> {
    const { secrets } = this.#tools;
    const SecretId = this.#credential.secretArn;
    try {
      await this.removePending();
      await secrets.send(new RotateSecretCommand({ SecretId }));
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }

  /** Removes AWSPENDING, wherever it is. */
  async removePending(): Promise<void> {
    const pendingId = await this.#versionWith('AWSPENDING');
    if (pendingId !== undefined) await this.#moveLabel('AWSPENDING', pendingId, undefined);
  }

  async #perform(action: HumanAction, choice: number, executionArns: readonly string[]): Promise<boolean> {
    const { secrets, stepFunctions } = this.#tools;
    switch (action) {
      case 'edit another key':
        await this.#put(this.#edited());
        return true;
      case 'roll back by labels': {
        const previousId = await this.#versionWith('AWSPREVIOUS');
        if (previousId === undefined) return false;
        await this.#moveLabel('AWSCURRENT', await this.#versionWith('AWSCURRENT'), previousId);
        return true;
      }
      case 'write an old value back':
        await this.#put(pick(this.#copies, choice) ?? '');
        return true;
      case 'stage a version under a custom label':
        await this.#put(this.#edited(), 'CANDIDATE');
        return true;
      case 'leave a stray AWSPENDING':
        await this.#put(pick(this.#copies, choice) ?? '', 'AWSPENDING');
        return true;
      case 'log in':
        await authorizeAgain(this.#credential, this.#tools);
        return true;
      case 'cancel the rotation':
        await secrets.send(new CancelRotateSecretCommand({ SecretId: this.#credential.secretArn }));
        return true;
      case 'stop an execution': {
        const executionArn = pick(this.#withStatus(executionArns, ['RUNNING']), choice);
        if (executionArn === undefined) return false;
        await stepFunctions.send(new StopExecutionCommand({ executionArn }));
        return true;
      }
      case 'redrive a failed execution': {
        const failed = this.#withStatus(executionArns, ['FAILED', 'TIMED_OUT', 'ABORTED']);
        const executionArn = pick(failed, choice);
        if (executionArn === undefined) return false;
        await stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
        return true;
      }
    }
  }

  async #copyCurrent(): Promise<void> {
    const { SecretString = '' } = await this.#tools.secrets.send(
      new GetSecretValueCommand({ SecretId: this.#credential.secretArn }),
    );
    this.#copies.push(SecretString);
  }

  /** The last value read from AWSCURRENT, with another key changed. */
  #edited(): string {
    this.#notes += 1;
    return JSON.stringify({ ...JSON.parse(this.#copies.at(-1) ?? '{}'), note: `${this.#notes}` });
  }

  async #put(SecretString: string, label?: string): Promise<void> {
    const SecretId = this.#credential.secretArn;
    await this.#tools.secrets.send(
      new PutSecretValueCommand({
        SecretId,
        SecretString,
        ...(label !== undefined && { VersionStages: [label] }),
      }),
    );
  }

  async #versionWith(label: string): Promise<string | undefined> {
    const { VersionIdsToStages = {} } = await this.#tools.secrets.send(
      new DescribeSecretCommand({ SecretId: this.#credential.secretArn }),
    );
    return Object.entries(VersionIdsToStages).find(([, labels]) => labels.includes(label))?.[0];
  }

  async #moveLabel(label: string, fromId: string | undefined, toId: string | undefined): Promise<void> {
    await this.#tools.secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: this.#credential.secretArn,
        VersionStage: label,
        RemoveFromVersionId: fromId,
        MoveToVersionId: toId,
      }),
    );
  }

  #withStatus(executionArns: readonly string[], statuses: readonly string[]): readonly string[] {
    const { stepFunctions } = this.#tools.sandbox;
    return executionArns.filter(arn => statuses.includes(stepFunctions.execution(arn).status));
  }
}

/** Whether AWS refused a request that is impossible in the current state. */
export function isRefusal(error: unknown): boolean {
  return (
    error instanceof ExecutionNotRedrivable ||
    (error instanceof SecretsManagerServiceException && REFUSALS.has(error.name))
  );
}

function pick<Element>(elements: readonly Element[], choice: number): Element | undefined {
  return elements[Math.floor(choice * elements.length)];
}
