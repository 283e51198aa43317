import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import { authorizeCode } from '../../sandbox/genesys-cloud/browser.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { TokenLedger, Whereabouts } from './token-ledger.ts';

/** The tools of an operator. */
interface OperatorTools {
  readonly sandbox: Sandbox;
  readonly secrets: SecretsManagerClient;
  readonly stepFunctions: SFNClient;
  readonly ledger: TokenLedger;
}

/** How long the operator waits after a redrive: most are done by then. */
const REDRIVE_MS = 60_000;

const EXECUTION_ARN = /arn:[\w:-]+:execution:[\w-]+:[\w-]+/;

/** Logs in again and stores the new tokens, which become AWSCURRENT. */
export async function authoriseAgain(
  { secretArn, ...login }: FirstCredential,
  { sandbox, secrets }: Pick<OperatorTools, 'sandbox' | 'secrets'>,
): Promise<void> {
  const { loginUrl } = sandbox.genesysCloud;
  const { accessToken, refreshToken } = await authorizeCode({ loginUrl, ...login });
  const { clientId, clientSecret } = login;
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: secretArn,
      SecretString: JSON.stringify({ clientId, clientSecret, accessToken, refreshToken }),
    }),
  );
}

/** The operator of a soak, who follows the runbook. */
export class Operator {
  readonly #tools: OperatorTools;
  readonly #replaced: Whereabouts[] = [];
  readonly #currentSinceMs = new Map<string, number>();

  constructor(tools: OperatorTools) {
    this.#tools = tools;
    tools.sandbox.secretsManager.onChange(({ secretArn, labelMoves, at }) => {
      if (labelMoves.some(({ label }) => label === 'AWSCURRENT'))
        this.#currentSinceMs.set(secretArn, at.getTime());
    });
  }

  /** Where the live refresh token of the login was at each new login. */
  get replaced(): readonly Whereabouts[] {
    return this.#replaced;
  }

  /**
   * Redrives an execution if it is still failed. RefreshTokenRejected needs a login first, unless another credential has
   * become AWSCURRENT since; ExchangeUnsettled needs a redrive of the execution that it names.
   */
  async lookAfter(executionArn: string, credential: FirstCredential): Promise<void> {
    const { stepFunctions } = this.#tools;
    const execution = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    const { status, error, cause, stopDate } = execution;
    if (status !== 'FAILED' && status !== 'TIMED_OUT') return;
    const currentSinceMs = this.#currentSinceMs.get(credential.secretArn) ?? 0;
    if (error === 'RefreshTokenRejected' && currentSinceMs <= (stopDate?.getTime() ?? 0)) {
      this.#replaced.push(await this.#liveToken(credential));
      await authoriseAgain(credential, this.#tools);
    }
    const owner = error === 'ExchangeUnsettled' ? EXECUTION_ARN.exec(cause ?? '')?.[0] : undefined;
    if (owner !== undefined) await this.#redrive(owner);
    await this.#redrive(executionArn);
  }

  /** Redrives, if that is possible, and waits for a while. */
  async #redrive(executionArn: string): Promise<void> {
    const { stepFunctions, sandbox } = this.#tools;
    try {
      await stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
      await sandbox.advance(REDRIVE_MS);
    } catch (refusal) {
      if (!(refusal instanceof ExecutionNotRedrivable)) throw refusal;
    }
  }

  /** Where the live refresh token is of the login in AWSCURRENT. */
  async #liveToken({ secretArn, clientId }: FirstCredential): Promise<Whereabouts> {
    const { ledger } = this.#tools;
    const live = ledger.liveToken(secretArn, clientId);
    return live === undefined ? 'lost' : await ledger.whereabouts(secretArn, live);
  }
}
