import type { TokenLedger } from '../../bench/soak/token-ledger.ts';
import { storedTokens, tokensWith } from '../../bench/token-locator.ts';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** The invariants of a credential. */
export class CredentialInvariants {
  readonly #sandbox: Sandbox;
  readonly #ledger: TokenLedger;
  readonly #credential: FirstCredential;
  readonly #badMoves: string[] = [];
  #isByPerson: boolean = false;
  #isCurrentByPerson: boolean = false;
  /** Stops listening. */
  readonly end: () => void;

  constructor(sandbox: Sandbox, ledger: TokenLedger, credential: FirstCredential) {
    this.#sandbox = sandbox;
    this.#ledger = ledger;
    this.#credential = credential;
    this.end = sandbox.secretsManager.onChange(({ secretArn, labelMoves }) => {
      const move = labelMoves.find(({ label }) => label === 'AWSCURRENT');
      if (secretArn !== credential.secretArn || move === undefined) return;
      this.#isCurrentByPerson = this.#isByPerson;
      if (this.#isByPerson) return;
      const [before, after] = [move.from, move.to].map(versionId => this.#issuedAtMs(versionId));
      if (before === undefined || after === undefined || after < before)
        this.#badMoves.push('AWSCURRENT moved to an older credential, or to none.');
    });
  }

  /** Whether a person moved AWSCURRENT last. */
  get isCurrentByPerson(): boolean {
    return this.#isCurrentByPerson;
  }

  /** Runs an action of a person, who may make an older credential AWSCURRENT; it must not advance the clock. */
  async asPerson<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#isByPerson = true;
    try {
      return await act();
    } finally {
      this.#isByPerson = false;
    }
  }

  /** Past and present violations. */
  async violations(): Promise<readonly string[]> {
    const { secretArn, clientId } = this.#credential;
    const found = [...this.#badMoves];
    if (tokensWith('AWSCURRENT', secretArn, this.#sandbox) === undefined)
      found.push('AWSCURRENT is not a complete credential.');
    for (const fingerprint of this.#liveRefreshTokens()) {
      if ((await this.#ledger.location(secretArn, fingerprint)) === 'lost')
        found.push(`No copy of the live refresh token ${fingerprint} exists.`);
    }
    const unreachable = await this.#ledger.unreachable(secretArn, clientId);
    if (unreachable !== undefined)
      found.push(
        `No rotation can get from AWSCURRENT to the live refresh token ${unreachable} of its login.`,
      );
    return found;
  }

  /** Whether AWSCURRENT works, or no copy of a live refresh token of its login exists. */
  async isSaved(): Promise<boolean> {
    const { secretArn, clientId } = this.#credential;
    const current = tokensWith('AWSCURRENT', secretArn, this.#sandbox);
    if (current !== undefined && this.#sandbox.genesysCloud.isLive(current.refreshToken)) return true;
    const live = this.#ledger.liveToken(secretArn, clientId);
    const location = live === undefined ? 'lost' : await this.#ledger.location(secretArn, live);
    return location === 'lost in transit';
  }

  #liveRefreshTokens(): string[] {
    return this.#sandbox.genesysCloud
      .lineages(this.#credential.clientId)
      .flatMap(({ tokens }) => tokens)
      .filter(({ kind, state }) => kind === 'refresh' && state === 'live')
      .map(({ fingerprint }) => fingerprint);
  }

  #issuedAtMs(versionId: string | undefined): number | undefined {
    const tokens = storedTokens(this.#credential.secretArn, this.#sandbox).get(versionId ?? '');
    return tokens && this.#ledger.issuedAtMs(tokens.refreshToken);
  }
}
