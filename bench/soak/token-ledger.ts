import { KMSClient } from '@aws-sdk/client-kms';
import * as v from 'valibot';
import { openSeal } from '../../functions/shared/sealed-blob.ts';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import type { InjectedFault } from '../../sandbox/faults/faults.ts';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { completeCredential } from '../complete-credential.ts';

/** What a version holds, told without its tokens. */
export interface StoredTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/**
 * Where a refresh token is: in a version of the secret, sealed in the state of an execution, or nowhere, because a
 * fault kept Genesys Cloud's answer from the rotation (`lost on the wire`) or for no such reason (`lost`).
 */
export type Whereabouts = 'stored' | 'sealed' | 'lost on the wire' | 'lost';

/** Faults that can spend a refresh token without the rotation getting hold of its successor. */
const LOSING_KINDS: ReadonlySet<string> = new Set([
  'answer-lost',
  'delay',
  'hang-after',
  'wrong-body',
  'empty-body',
  'huge-body',
  'crash-after',
  'timeout-after',
  'out-of-memory',
]);
const LOSING_TARGETS: ReadonlySet<string> = new Set(['genesys:token', 'lambda:refresh']);

/** How long after the beginning of a fault the token endpoint may answer: longer than a refresh takes. */
const LONGEST_REFRESH_MS = 15_000;

const writeInput = v.object({ ClientRequestToken: v.string(), SecretString: v.string() });
const refreshedState = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    secretArn: v.string(),
    versionId: v.string(),
    refreshed: v.object({ sealedValue: v.string() }),
  }),
);

/** Follows every refresh token from its issue to where it is kept. Tokens are named by their fingerprints. */
export class TokenLedger {
  readonly #writes = new Set<{ readonly versionId: string; readonly tokens: StoredTokens }>();
  readonly #versions = new Map<string, StoredTokens>();
  readonly #stored = new Set<string>();
  readonly #issuedAtMs = new Map<string, number>();
  readonly #losses: InjectedFault[] = [];
  readonly #seals: { readonly output: v.InferOutput<typeof refreshedState>; readonly atMs: number }[] = [];
  #kms: KMSClient | undefined;
  #sealKeyArn = '';

  /** Notes what is about to be written; it counts once it is. */
  readonly awsInterceptor: AwsInterceptor = async ({ input }, next) => {
    const write = v.safeParse(writeInput, input);
    const tokens = write.success ? tokensIn(write.output.SecretString) : undefined;
    if (!write.success || tokens === undefined) return await next();
    const underWay = { versionId: write.output.ClientRequestToken, tokens };
    this.#writes.add(underWay);
    try {
      return await next();
    } finally {
      this.#writes.delete(underWay);
    }
  };

  /** Begins to listen; to be called before anything is issued or stored. */
  attach(sandbox: Sandbox): void {
    const { clock, faults, genesysCloud, secretsManager, stepFunctions } = sandbox;
    this.#kms = new KMSClient(sandbox.clientConfig);
    this.#sealKeyArn =
      sandbox.stack.functions.map(({ environment }) => environment.SEAL_KEY_ARN).find(Boolean) ?? '';
    genesysCloud.onTokenIssued(({ refreshTokenFingerprint, at }) => {
      if (refreshTokenFingerprint !== undefined) this.#issuedAtMs.set(refreshTokenFingerprint, at.getTime());
    });
    secretsManager.onChange(({ secretArn, versionId }) => {
      const write = [...this.#writes].find(underWay => underWay.versionId === versionId);
      if (write === undefined) return;
      this.#versions.set(`${secretArn} ${versionId}`, write.tokens);
      this.#stored.add(write.tokens.refreshToken);
    });
    faults.onInjected(fault => {
      if (LOSING_TARGETS.has(fault.target) && LOSING_KINDS.has(fault.kind)) this.#losses.push(fault);
    });
    stepFunctions.onEvent(({ type, details }) => {
      if (type !== 'TaskStateExited') return;
      const state = v.safeParse(refreshedState, details?.output);
      if (state.success) this.#seals.push({ output: state.output, atMs: clock.nowMs() });
    });
  }

  /** What a version holds; undefined when it has no value, or none that is a complete credential. */
  tokensOf(secretArn: string, versionId: string): StoredTokens | undefined {
    return this.#versions.get(`${secretArn} ${versionId}`);
  }

  /** When a refresh token was issued, in ms since 1970. */
  issuedAtMs(fingerprint: string): number | undefined {
    return this.#issuedAtMs.get(fingerprint);
  }

  /** Where a refresh token of a secret's client is. */
  async whereabouts(secretArn: string, fingerprint: string): Promise<Whereabouts> {
    if (this.#stored.has(fingerprint)) return 'stored';
    const issuedAtMs = this.#issuedAtMs.get(fingerprint) ?? 0;
    if (await this.#isSealed(secretArn, fingerprint, issuedAtMs)) return 'sealed';
    const lostOnTheWire = this.#losses.some(({ at }) => {
      const elapsedMs = issuedAtMs - at.getTime();
      return elapsedMs >= 0 && elapsedMs <= LONGEST_REFRESH_MS;
    });
    return lostOnTheWire ? 'lost on the wire' : 'lost';
  }

  async #isSealed(secretArn: string, fingerprint: string, issuedAtMs: number): Promise<boolean> {
    // A seal is made in the moment of the issue.
    const seals = this.#seals.filter(
      ({ output, atMs }) =>
        output.secretArn === secretArn && atMs >= issuedAtMs && atMs <= issuedAtMs + LONGEST_REFRESH_MS,
    );
    for (const { output } of seals) {
      const value = await this.#open(output);
      if (tokensIn(value)?.refreshToken === fingerprint) return true;
    }
    return false;
  }

  async #open({ secretArn, versionId, refreshed }: v.InferOutput<typeof refreshedState>): Promise<string> {
    if (this.#kms === undefined) throw new Error('The ledger is attached to no sandbox.');
    const context = { secretArn, versionId, holds: 'secret-value' } as const;
    return await openSeal(this.#kms, this.#sealKeyArn, context, refreshed.sealedValue);
  }
}

function tokensIn(value: string): StoredTokens | undefined {
  const parsed = v.safeParse(completeCredential, value);
  if (!parsed.success) return undefined;
  const { accessToken, refreshToken } = parsed.output;
  return { accessToken: fingerprintOf(accessToken), refreshToken: fingerprintOf(refreshToken) };
}

/** The version that holds AWSCURRENT. */
export function currentVersionId({ secretsManager }: Sandbox, secretArn: string): string {
  const holders = secretsManager
    .secret(secretArn)
    ?.versions.filter(({ labels }) => labels.includes('AWSCURRENT'));
  if (holders?.length !== 1 || holders[0] === undefined)
    throw new Error(`Secret ${secretArn} has ${holders?.length ?? 'no'} AWSCURRENT versions.`);
  return holders[0].id;
}
