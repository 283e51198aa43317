import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import { authorizeAlternate } from '../alternate-grant.ts';
import { authorizeAgain, isRefusal, type PersonTools } from './person.ts';
import type { TokenLedger, TokenLocation } from './token-ledger.ts';

/** The operator's dependencies. */
interface OperatorTools extends PersonTools {
  readonly ledger: TokenLedger;
  /** Advances the clock by this many ms. */
  readonly wait: (ms: number) => Promise<void>;
}

/** How long the operator waits after a redrive or RotateSecret; most executions have closed by then. */
const ROTATION_MS = 60_000;

/** `authorize --alternate` rotates once for each grant. */
const GRANTS = 2;

/** The maximum time between an execution's last read of AWSCURRENT and its end, in ms, including slow calls. */
const MAX_ATTEMPT_MS = 45_000;

const EXECUTION_ARN = /arn:[\w:-]+:execution:[\w-]+:[\w-]+/;

/** The operator of a soak, who follows the runbook. */
export class Operator {
  readonly #tools: OperatorTools;
  readonly #replaced = new Map<string, TokenLocation>();
  #logins = 0;
  readonly #currentSinceMs = new Map<string, number>();

  constructor(tools: OperatorTools) {
    this.#tools = tools;
    tools.sandbox.secretsManager.onChange(({ secretArn, labelMoves, at }) => {
      if (labelMoves.some(({ label }) => label === 'AWSCURRENT'))
        this.#currentSinceMs.set(secretArn, at.getTime());
    });
  }

  /** The number of logins by the operator. */
  get logins(): number {
    return this.#logins;
  }

  /** The location of each refresh token that a login had to replace. */
  get replaced(): readonly TokenLocation[] {
    return [...this.#replaced.values()];
  }

  /**
   * Redrives an execution if it is still failed. RefreshTokenRejected needs a login first, unless AWSCURRENT may have
   * changed since the failure; ExchangeUnsettled first needs a redrive of the execution that it names.
   */
  async handleFailure(executionArn: string, credential: FirstCredential): Promise<void> {
    const { stepFunctions, ledger } = this.#tools;
    const execution = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    const { status, error, cause, stopDate } = execution;
    if (status === 'RUNNING' || status === 'SUCCEEDED') return;
    const currentSinceMs = this.#currentSinceMs.get(credential.secretArn) ?? 0;
    const wasReadSinceMs = (stopDate?.getTime() ?? 0) - MAX_ATTEMPT_MS;
    if (error === 'RefreshTokenRejected' && currentSinceMs <= wasReadSinceMs) {
      for (const refreshToken of ledger.currentTokens(credential.secretArn))
        await this.recordLoss(credential, refreshToken);
      this.#logins += 1;
      await authorizeAgain(credential, this.#tools);
    }
    const owner = error === 'ExchangeUnsettled' ? EXECUTION_ARN.exec(cause ?? '')?.[0] : undefined;
    if (owner !== undefined) await this.#redrive(owner);
    await this.#redrive(executionArn);
  }

  /** Records the location of a lost grant's newest token, which a login has to replace. */
  async recordLoss({ secretArn, clientId }: FirstCredential, refreshToken: string): Promise<void> {
    const { ledger } = this.#tools;
    const newest = ledger.newestToken(clientId, refreshToken);
    this.#replaced.set(newest, await ledger.location(secretArn, newest));
  }

  /**
   * Adds an alternate grant as `authorize --alternate` does: logs in, and rotates once for each grant.
   *
   * @returns false when the secret already has one
   */
  async addAlternate(credential: FirstCredential): Promise<boolean> {
    if (!(await authorizeAlternate(credential, this.#tools))) return false;
    for (let grant = 0; grant < GRANTS; grant++) await this.#rotate(credential.secretArn);
    return true;
  }

  /** Rotates a secret and waits, unless another rotation is not complete. */
  async #rotate(secretArn: string): Promise<void> {
    const { secrets, wait } = this.#tools;
    try {
      await secrets.send(new RotateSecretCommand({ SecretId: secretArn }));
      await wait(ROTATION_MS);
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }

  /** Redrives an execution and waits, if the execution can be redriven. */
  async #redrive(executionArn: string): Promise<void> {
    const { stepFunctions, wait } = this.#tools;
    try {
      await stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
      await wait(ROTATION_MS);
    } catch (refusal) {
      if (!(refusal instanceof ExecutionNotRedrivable)) throw refusal;
    }
  }
}
