import { KMSClient } from '@aws-sdk/client-kms';
import * as v from 'valibot';
import { fingerprintOf as journalFingerprintOf } from '../functions/shared/journal/fingerprint.ts';
import { openPair } from '../functions/shared/journal/sealed-pair.ts';
import { fingerprintOf } from '../sandbox/genesys-cloud/fingerprint.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { notRedrivableReason } from '../sandbox/step-functions/redrive-rule.ts';
import { completeCredential } from './complete-credential.ts';

/** The fingerprints of a credential's tokens. */
export interface TokenFingerprints {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Null if a rotation has dropped it. */
  readonly alternateRefreshToken?: string | null;
  /** The fingerprint of the refresh token in the journal. */
  readonly journalToken: string;
}

/** Where a rotation finds the refresh token, starting from AWSCURRENT. */
export type Route = 'current' | 'journal' | 'state';

interface SealedPair {
  readonly lineage: string;
  readonly generation: number;
  readonly sealedPair: string;
}

const text = v.pipe(
  v.object({ S: v.string() }),
  v.transform(({ S }) => S),
);
const number = v.pipe(
  v.object({ N: v.string() }),
  v.transform(({ N }) => Number(N)),
);
const tokenItem = v.object({
  pk: text,
  sk: v.object({ S: v.literal('token') }),
  lineage: text,
  status: text,
  execution: v.optional(text),
});
const lineageItem = v.object({
  pk: text,
  sk: v.pipe(text, v.startsWith('lineage#')),
  fingerprint: text,
  generation: number,
  sealedPair: text,
});
const stateData = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    secretArn: v.string(),
    refreshed: v.object({ lineage: v.string(), generation: v.number(), sealedPair: v.string() }),
  }),
);

/** The fingerprints of the tokens in a secret value; undefined if the value is not a complete credential. */
function tokensIn(value: string): TokenFingerprints | undefined {
  const parsed = v.safeParse(completeCredential, value);
  if (!parsed.success) return undefined;
  const { accessToken, refreshToken, alternateRefreshToken } = parsed.output;
  return {
    accessToken: fingerprintOf(accessToken),
    refreshToken: fingerprintOf(refreshToken),
    ...(alternateRefreshToken !== undefined && {
      alternateRefreshToken: alternateRefreshToken && fingerprintOf(alternateRefreshToken),
    }),
    journalToken: journalFingerprintOf(parsed.output),
  };
}

/** The tokens in the versions of a secret, by the versions' ids; versions without a complete credential are omitted. */
export function storedTokens(
  secretArn: string,
  { secretsManager }: Sandbox,
): ReadonlyMap<string, TokenFingerprints> {
  const values = secretsManager.describeValues(secretArn, value =>
    'SecretString' in value ? tokensIn(value.SecretString) : undefined,
  );
  return new Map(
    [...values].flatMap(([id, tokens]) => (tokens === undefined ? [] : [[id, tokens] as const])),
  );
}

/**
 * The tokens in the version with a label; undefined if it has no complete credential.
 *
 * @throws Error more than one version has the label, or AWSCURRENT is missing
 */
export function tokensWith(
  label: 'AWSCURRENT' | 'AWSPENDING',
  secretArn: string,
  sandbox: Sandbox,
): TokenFingerprints | undefined {
  const versions = sandbox.secretsManager.secret(secretArn)?.versions ?? [];
  const [holder, ...others] = versions.filter(({ labels }) => labels.includes(label));
  if (others.length > 0 || (label === 'AWSCURRENT' && holder === undefined))
    throw new Error(`Secret ${secretArn} has ${holder === undefined ? 'no' : 'several'} ${label} versions.`);
  return holder && storedTokens(secretArn, sandbox).get(holder.id);
}

/**
 * Finds the copies of refresh tokens outside the secret: in the journal, and in the states of executions that are
 * running or can be redriven. It reads both directly from the sandbox, so that faults do not affect it, and uses the
 * journal's code only to open seals.
 */
export class TokenLocator {
  readonly #sandbox: Sandbox;
  readonly #kms: KMSClient;
  readonly #sealKeyArn: string;
  readonly #table: string;
  /** Refresh tokens by their seals. */
  readonly #opened = new Map<string, Promise<string>>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    // The seal key's policy lets only the functions open seals.
    const { roleArn = '' } = sandbox.stack.functions.find(({ name }) => name.endsWith('-refresh')) ?? {};
    const credentials = sandbox.identities.issueRole({ roleArn, sessionName: 'token-locator' });
    this.#kms = new KMSClient({ ...sandbox.clientConfig, credentials });
    const variable = (name: string): string =>
      sandbox.stack.functions.map(({ environment }) => environment[name]).find(Boolean) ?? '';
    this.#sealKeyArn = variable('SEAL_KEY_ARN');
    this.#table = variable('JOURNAL_TABLE');
  }

  close(): void {
    this.#kms.destroy();
  }

  /** Whether a refresh token is in the newest pair of any login of the secret. */
  async isRecorded(secretArn: string, refreshToken: string): Promise<boolean> {
    for (const pair of this.#lineages(secretArn).values()) {
      if ((await this.#open(secretArn, pair)) === refreshToken) return true;
    }
    return false;
  }

  /**
   * The refresh token in the state of an execution; undefined if there is none, or if the execution has closed and
   * cannot be redriven.
   */
  async sealedIn(executionArn: string): Promise<string | undefined> {
    const { clock, stepFunctions } = this.#sandbox;
    const execution = stepFunctions.execution(executionArn);
    const isRunning = execution.status === 'RUNNING';
    if (!isRunning && notRedrivableReason(execution, clock.nowMs()) !== undefined) return undefined;
    // A redrive repeats the last state with the same input.
    const data = execution.history.findLast(
      ({ type }) => type === 'TaskStateEntered' || type === 'TaskStateExited',
    )?.details;
    const parsed = v.safeParse(stateData, data?.output ?? data?.input);
    if (!parsed.success) return undefined;
    return await this.#open(parsed.output.secretArn, parsed.output.refreshed);
  }

  /**
   * How a rotation finds a refresh token of the same login, starting from the tokens in AWSCURRENT. Undefined if the
   * journal leads to another token, or to one that was presented and whose successor has no copy.
   */
  async routeTo(
    secretArn: string,
    current: TokenFingerprints,
    refreshToken: string,
  ): Promise<Route | undefined> {
    const known = this.#token(current.journalToken);
    const lineage = known?.lineage ?? current.journalToken;
    const newest = this.#lineages(secretArn).get(lineage);
    const newestToken = newest === undefined ? current.refreshToken : await this.#open(secretArn, newest);
    if (newestToken === refreshToken) return newestToken === current.refreshToken ? 'current' : 'journal';

    const mark = newest === undefined ? known : this.#token(newest.fingerprint);
    if (mark?.status !== 'exchanging' || mark.execution === undefined) return undefined;
    return (await this.sealedIn(mark.execution)) === refreshToken ? 'state' : undefined;
  }

  #token(fingerprint: string): v.InferOutput<typeof tokenItem> | undefined {
    return this.#items(tokenItem).find(({ pk }) => pk === `token#${fingerprint}`);
  }

  /** The newest pairs of a secret's logins, by lineage. */
  #lineages(secretArn: string): ReadonlyMap<string, SealedPair & { readonly fingerprint: string }> {
    return new Map(
      this.#items(lineageItem)
        .filter(({ pk }) => pk === secretArn)
        .map(({ sk, ...pair }) => {
          const lineage = sk.slice('lineage#'.length);
          return [lineage, { ...pair, lineage }];
        }),
    );
  }

  #items<Output>(schema: v.GenericSchema<unknown, Output>): Output[] {
    return this.#sandbox.dynamoDb
      .items(this.#table)
      .map(item => v.safeParse(schema, item))
      .filter(parsed => parsed.success)
      .map(({ output }) => output);
  }

  #open(secretArn: string, pair: SealedPair): Promise<string> {
    const opened =
      this.#opened.get(pair.sealedPair) ??
      openPair({ kms: this.#kms, sealKeyArn: this.#sealKeyArn }, secretArn, pair).then(({ tokens }) =>
        fingerprintOf(tokens.refreshToken),
      );
    this.#opened.set(pair.sealedPair, opened);
    return opened;
  }
}
