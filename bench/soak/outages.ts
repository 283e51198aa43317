import * as v from 'valibot';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { isPublishedSecret } from './published-secret.ts';

/** An access token and its end. */
interface AccessToken {
  readonly lineage: string;
  endsAtMs: number;
}

/** What AWSCURRENT of a secret holds. */
interface Current {
  accessToken: AccessToken;
  /** When its access token stopped working, also across versions. */
  deadSinceMs: number | undefined;
}

const value = v.pipe(v.string(), v.parseJson(), v.object({ accessToken: v.string() }));

/** Measures to the millisecond how long the access tokens that consumers find in AWSCURRENT have not worked. */
export class Outages {
  readonly #sandbox: Sandbox;
  readonly #accessTokens = new Map<string, AccessToken>();
  readonly #current = new Map<string, Current>();
  #longestMs = 0;

  /** @param published whether consumers read the published secrets instead of the rotated ones */
  constructor(sandbox: Sandbox, published: boolean) {
    this.#sandbox = sandbox;
    sandbox.genesysCloud.onTokenIssued(({ fingerprint, lineage, grant, expiresAt, at }) => {
      const { refreshRevokesAccessTokens } = sandbox.genesysCloud.behaviour;
      if (grant === 'refresh_token' && refreshRevokesAccessTokens) this.#endLineage(lineage, at.getTime());
      this.#accessTokens.set(fingerprint, { lineage, endsAtMs: expiresAt.getTime() });
    });
    sandbox.secretsManager.onChange(({ secretArn, labelMoves, at }) => {
      const to = labelMoves.find(({ label }) => label === 'AWSCURRENT')?.to;
      if (to !== undefined && isPublishedSecret(secretArn) === published)
        this.#moved(secretArn, to, at.getTime());
    });
  }

  /** The longest one so far, including one that has not ended. */
  longestMs(nowMs: number): number {
    for (const current of this.#current.values()) this.#measure(current, nowMs);
    return this.#longestMs;
  }

  #endLineage(lineage: string, nowMs: number): void {
    for (const token of this.#accessTokens.values()) {
      if (token.lineage === lineage && token.endsAtMs > nowMs) token.endsAtMs = nowMs;
    }
  }

  #moved(secretArn: string, versionId: string, nowMs: number): void {
    const fingerprints = this.#sandbox.secretsManager.lookAtValues(secretArn, stored =>
      'SecretString' in stored ? fingerprintOf(v.parse(value, stored.SecretString).accessToken) : undefined,
    );
    const accessToken = this.#accessTokens.get(fingerprints.get(versionId) ?? '');
    if (accessToken === undefined) throw new Error(`AWSCURRENT of ${secretArn} holds no known access token.`);
    const former = this.#current.get(secretArn);
    if (former !== undefined) this.#measure(former, nowMs);
    const deadSinceMs = accessToken.endsAtMs > nowMs ? undefined : (former?.deadSinceMs ?? nowMs);
    this.#current.set(secretArn, { accessToken, deadSinceMs });
  }

  #measure(current: Current, nowMs: number): void {
    const { endsAtMs } = current.accessToken;
    if (endsAtMs <= nowMs) current.deadSinceMs ??= endsAtMs;
    if (current.deadSinceMs !== undefined)
      this.#longestMs = Math.max(this.#longestMs, nowMs - current.deadSinceMs);
  }
}
