import {
  DescribeExecutionCommand,
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import { authoriseAlternate } from '../alternate-grant.ts';
import { authoriseAgain, type PersonTools } from './person.ts';
import type { TokenLedger, Whereabouts } from './token-ledger.ts';

/** What the operator works with. */
interface OperatorTools extends PersonTools {
  readonly ledger: TokenLedger;
  /** Lets this many ms pass. */
  readonly wait: (ms: number) => Promise<void>;
}

/** How long the operator waits after a redrive: most have closed by then. */
const REDRIVE_MS = 60_000;

/** How long before an execution closed its last attempt may have read AWSCURRENT, in ms, slow calls included. */
const MAX_ATTEMPT_MS = 45_000;

const EXECUTION_ARN = /arn:[\w:-]+:execution:[\w-]+:[\w-]+/;

/** The operator of a soak, who follows the runbook. */
export class Operator {
  readonly #tools: OperatorTools;
  readonly #replaced = new Map<string, Whereabouts>();
  #logins = 0;
  #alternateLogins = 0;
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

  /** The number of logins by the operator for an alternate grant. */
  get alternateLogins(): number {
    return this.#alternateLogins;
  }

  /** Where each refresh token was that had to be replaced by a login. */
  get replaced(): readonly Whereabouts[] {
    return [...this.#replaced.values()];
  }

  /**
   * Redrives an execution if it is still failed. RefreshTokenRejected needs a login first, unless another credential may
   * have become AWSCURRENT since; ExchangeUnsettled needs a redrive of the execution that it names.
   */
  async lookAfter(executionArn: string, credential: FirstCredential): Promise<void> {
    const { stepFunctions, ledger } = this.#tools;
    const execution = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    const { status, error, cause, stopDate } = execution;
    if (status === 'RUNNING' || status === 'SUCCEEDED') return;
    const currentSinceMs = this.#currentSinceMs.get(credential.secretArn) ?? 0;
    const wasReadSinceMs = (stopDate?.getTime() ?? 0) - MAX_ATTEMPT_MS;
    if (error === 'RefreshTokenRejected' && currentSinceMs <= wasReadSinceMs) {
      for (const refreshToken of ledger.currentTokens(credential.secretArn))
        await this.noteLoss(credential, refreshToken);
      this.#logins += 1;
      await authoriseAgain(credential, this.#tools);
    }
    const owner = error === 'ExchangeUnsettled' ? EXECUTION_ARN.exec(cause ?? '')?.[0] : undefined;
    if (owner !== undefined) await this.#redrive(owner);
    await this.#redrive(executionArn);
  }

  /** Notes where the newest token of a grant is that a login has to replace. */
  async noteLoss({ secretArn, clientId }: FirstCredential, refreshToken: string): Promise<void> {
    const { ledger } = this.#tools;
    const newest = ledger.newestToken(clientId, refreshToken);
    this.#replaced.set(newest, await ledger.whereabouts(secretArn, newest));
  }

  /** Logs in for an alternate grant, unless the secret has one. */
  async addAlternate(credential: FirstCredential): Promise<void> {
    if (await authoriseAlternate(credential, this.#tools)) this.#alternateLogins += 1;
  }

  /** Redrives, if that is possible, and waits for a while. */
  async #redrive(executionArn: string): Promise<void> {
    const { stepFunctions, wait } = this.#tools;
    try {
      await stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
      await wait(REDRIVE_MS);
    } catch (refusal) {
      if (!(refusal instanceof ExecutionNotRedrivable)) throw refusal;
    }
  }
}
