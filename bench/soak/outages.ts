import * as v from 'valibot';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { storedTokens, type TokenFingerprints } from '../token-locator.ts';
import { executionInput } from './execution-input.ts';
import type { Promotions } from './promotions.ts';
import { isPublishedSecret } from './published-secret.ts';

/** An access token and its expiry. */
interface AccessToken {
  readonly lineage: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  endsAtMs: number;
}

/** Why the access token in AWSCURRENT does not work. */
interface Outage {
  /** When it stopped working; may be before the version became AWSCURRENT. */
  readonly sinceMs: number;
  /**
   * Whether people caused it: they restored an access token that no longer worked, or blocked the rotation during the
   * lifetime of one that then expired.
   */
  readonly isByPeople: boolean;
  /** The tokens in AWSCURRENT at that time; undefined for a published secret, which has no refresh token. */
  readonly tokens: TokenFingerprints | undefined;
}

/** The content of AWSCURRENT of a secret. */
interface Current {
  readonly tokens: TokenFingerprints | undefined;
  readonly accessToken: AccessToken;
  outage: Outage | undefined;
}

/** The states of a rotation that has new tokens. */
const PROMOTING_STATES = new Set(['StorePending', 'Verify', 'Promote']);

const value = v.pipe(v.string(), v.parseJson(), v.object({ accessToken: v.string() }));

/** Measures, to the millisecond, how long the access tokens in AWSCURRENT do not work for consumers. */
export class Outages {
  readonly #sandbox: Sandbox;
  readonly #promotions: Promotions;
  readonly #accessTokens = new Map<string, AccessToken>();
  readonly #current = new Map<string, Current>();
  /** When people last blocked the rotation of a secret. */
  readonly #blockedAtMs = new Map<string, number>();
  /** The executions that have new tokens to promote. */
  readonly #promoting = new Set<string>();
  #longestMs = 0;

  /** @param published whether consumers read the published secrets instead of the rotated ones */
  constructor(sandbox: Sandbox, promotions: Promotions, published: boolean) {
    this.#sandbox = sandbox;
    this.#promotions = promotions;
    sandbox.genesysCloud.onTokenIssued(({ fingerprint, lineage, grant, expiresAt, at }) => {
      const { refreshRevokesAccessTokens } = sandbox.genesysCloud.behaviour;
      if (grant === 'refresh_token' && refreshRevokesAccessTokens) this.#endLineage(lineage, at.getTime());
      const expiresAtMs = expiresAt.getTime();
      this.#accessTokens.set(fingerprint, {
        lineage,
        issuedAtMs: at.getTime(),
        expiresAtMs,
        endsAtMs: expiresAtMs,
      });
    });
    sandbox.secretsManager.onChange(({ secretArn, labelMoves, at }) => {
      const to = labelMoves.find(({ label }) => label === 'AWSCURRENT')?.to;
      if (to !== undefined && isPublishedSecret(secretArn) === published)
        this.#moved(secretArn, to, at.getTime());
    });
    sandbox.stepFunctions.onEvent(({ type, details, executionArn }) => {
      if (type === 'TaskStateEntered' && PROMOTING_STATES.has(String(details?.name))) {
        this.#promoting.add(executionArn);
      } else if (type === 'TaskStateEntered' || type.startsWith('Execution')) {
        this.#promoting.delete(executionArn);
      }
    });
  }

  /** Records that people blocked a secret's rotation: it cannot start or finish, or it starts with older tokens. */
  recordBlocked(secretArn: string, nowMs: number): void {
    this.#blockedAtMs.set(secretArn, nowMs);
  }

  /** The longest outage so far, including one that has not ended. */
  longestMs(nowMs: number): number {
    for (const [secretArn, current] of this.#current) this.#measure(secretArn, current, nowMs);
    return this.#longestMs;
  }

  /** The outage of a secret at an instant; undefined while its access token works. */
  outageOf(secretArn: string, nowMs: number): Outage | undefined {
    const current = this.#current.get(secretArn);
    if (current !== undefined) this.#measure(secretArn, current, nowMs);
    return current?.outage;
  }

  #endLineage(lineage: string, nowMs: number): void {
    for (const token of this.#accessTokens.values()) {
      if (token.lineage === lineage && token.endsAtMs > nowMs) token.endsAtMs = nowMs;
    }
  }

  #moved(secretArn: string, versionId: string, nowMs: number): void {
    const fingerprints = this.#sandbox.secretsManager.describeValues(secretArn, stored =>
      'SecretString' in stored ? fingerprintOf(v.parse(value, stored.SecretString).accessToken) : undefined,
    );
    const accessToken = this.#accessTokens.get(fingerprints.get(versionId) ?? '');
    if (accessToken === undefined) throw new Error(`AWSCURRENT of ${secretArn} has no known access token.`);
    const tokens = storedTokens(secretArn, this.#sandbox).get(versionId);
    const before = this.outageOf(secretArn, nowMs);
    // Only the publish function and `authorize` write a published secret.
    const isByPeople = !isPublishedSecret(secretArn) && !this.#promotions.isInProgress(versionId);
    const replaced = this.#current.get(secretArn)?.accessToken;
    if (isByPeople && replaced !== undefined && accessToken.expiresAtMs < replaced.expiresAtMs) {
      this.recordBlocked(secretArn, nowMs);
    }
    const outage = { sinceMs: before?.sinceMs ?? nowMs, isByPeople, tokens };
    // A write does not change the cause of an outage, unless a rotation was about to end it.
    const isSameCause = isByPeople && !this.#isPromoting(secretArn);
    this.#current.set(secretArn, {
      tokens,
      accessToken,
      outage: accessToken.endsAtMs > nowMs ? undefined : isSameCause ? (before ?? outage) : outage,
    });
  }

  #isPromoting(secretArn: string): boolean {
    const { stepFunctions } = this.#sandbox;
    return [...this.#promoting].some(
      executionArn =>
        v.parse(executionInput, stepFunctions.execution(executionArn).input).secretArn === secretArn,
    );
  }

  #measure(secretArn: string, current: Current, nowMs: number): void {
    const { tokens, accessToken } = current;
    const { issuedAtMs, expiresAtMs, endsAtMs } = accessToken;
    const wasBlocked = (this.#blockedAtMs.get(secretArn) ?? 0) >= issuedAtMs;
    if (endsAtMs <= nowMs)
      current.outage ??= {
        sinceMs: endsAtMs,
        isByPeople: endsAtMs === expiresAtMs && wasBlocked,
        tokens,
      };
    if (current.outage !== undefined)
      this.#longestMs = Math.max(this.#longestMs, nowMs - current.outage.sinceMs);
  }
}
