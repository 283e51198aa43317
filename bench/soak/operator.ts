import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import { authorizeCode } from '../../sandbox/genesys-cloud/browser.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { currentVersionId, type TokenLedger, type Whereabouts } from './token-ledger.ts';

/** What an operator works with. */
interface OperatorTools {
  readonly sandbox: Sandbox;
  readonly secrets: SecretsManagerClient;
  readonly stepFunctions: SFNClient;
  readonly ledger: TokenLedger;
}

/** How long someone looks on after a redrive: most are done by then. */
const REDRIVE_MS = 60_000;

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

/** The operator of a soak, who goes by the runbook. */
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

  /** Where the newest refresh token was at each login. */
  get replaced(): readonly Whereabouts[] {
    return this.#replaced;
  }

  /**
   * Looks after an execution that has failed, if it still is: redrives it. One whose refresh token was rejected needs
   * a login before that, unless another credential has become AWSCURRENT since.
   *
   * @param others further failed executions of the same secret: what they refreshed may be sealed in them, so they
   *   are redriven before a login is thought of
   * @returns whether someone has to come back, because the others have been redriven instead
   */
  async lookAfter(
    executionArn: string,
    others: readonly string[],
    credential: FirstCredential,
  ): Promise<'done' | 'come back'> {
    const { status, error, stopDate } = await this.#describe(executionArn);
    if (status !== 'FAILED' && status !== 'TIMED_OUT') return 'done';
    const currentSinceMs = this.#currentSinceMs.get(credential.secretArn) ?? 0;
    if (error === 'RefreshTokenRejected' && currentSinceMs <= (stopDate?.getTime() ?? 0)) {
      if (await this.#redriveFirst(others)) return 'come back';
      this.#replaced.push(await this.#newestToken(credential));
      await authoriseAgain(credential, this.#tools);
    }
    await this.#redrive(executionArn);
    return 'done';
  }

  /** Redrives what failed for another reason than a rejected refresh token. */
  async #redriveFirst(executionArns: readonly string[]): Promise<boolean> {
    let redriven = false;
    for (const executionArn of executionArns) {
      const { error } = await this.#describe(executionArn);
      if (error !== 'RefreshTokenRejected' && (await this.#redrive(executionArn))) redriven = true;
    }
    return redriven;
  }

  #describe(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    return this.#tools.stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  }

  /**
   * Redrives and looks on for a while.
   *
   * @returns false when that is no longer possible
   */
  async #redrive(executionArn: string): Promise<boolean> {
    const { stepFunctions, sandbox } = this.#tools;
    try {
      await stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
      await sandbox.advance(REDRIVE_MS);
      return true;
    } catch (refusal) {
      if (!(refusal instanceof ExecutionNotRedrivable)) throw refusal;
      return false;
    }
  }

  /** Where the live refresh token of the login is that AWSCURRENT comes from. */
  async #newestToken({ secretArn, clientId }: FirstCredential): Promise<Whereabouts> {
    const { sandbox, ledger } = this.#tools;
    const current = ledger.tokensOf(secretArn, currentVersionId(sandbox, secretArn));
    const lineage = sandbox.genesysCloud
      .lineages(clientId)
      .find(({ tokens }) => tokens.some(({ fingerprint }) => fingerprint === current?.refreshToken));
    const live = lineage?.tokens.find(({ kind, state }) => kind === 'refresh' && state === 'live');
    return live === undefined ? 'lost' : await ledger.whereabouts(secretArn, live.fingerprint);
  }
}
