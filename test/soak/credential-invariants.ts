import { currentVersionId, type TokenLedger } from '../../bench/soak/token-ledger.ts';
import type { FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** A function that runs when its execution is stopped goes on for less than this. */
const LONGEST_REFRESH_MS = 15_000;

/** What must hold of a credential, whatever happens to it. */
export class CredentialInvariants {
  readonly #sandbox: Sandbox;
  readonly #ledger: TokenLedger;
  readonly #credential: FirstCredential;
  readonly #stoppedAtMs: number[] = [];
  readonly #badMoves: string[] = [];
  /** Stops to listen. */
  readonly end: () => void;

  constructor(sandbox: Sandbox, ledger: TokenLedger, credential: FirstCredential) {
    this.#sandbox = sandbox;
    this.#ledger = ledger;
    this.#credential = credential;
    this.end = sandbox.secretsManager.onChange(({ secretArn, labelMoves }) => {
      const move = labelMoves.find(({ label }) => label === 'AWSCURRENT');
      if (secretArn !== credential.secretArn || move === undefined) return;
      const [before, after] = [move.from, move.to].map(versionId => this.#issuedAtMs(versionId));
      if (before === undefined || after === undefined || after < before)
        this.#badMoves.push('AWSCURRENT moved to an older credential, or to none.');
    });
  }

  /** Somebody stops an execution now. */
  noteStop(): void {
    this.#stoppedAtMs.push(this.#sandbox.clock.nowMs());
  }

  /** What is wrong at the moment; nothing should be. */
  async violations(): Promise<readonly string[]> {
    const { secretArn } = this.#credential;
    const found = [...this.#badMoves];
    if (this.#ledger.tokensOf(secretArn, currentVersionId(this.#sandbox, secretArn)) === undefined)
      found.push('AWSCURRENT is no complete credential.');
    for (const fingerprint of this.#liveRefreshTokens()) {
      if ((await this.#whereabouts(fingerprint)) === 'lost')
        found.push(`The live refresh token ${fingerprint} is neither stored nor sealed.`);
    }
    return found;
  }

  /** Whether AWSCURRENT works, or its login has no live refresh token left that is stored or sealed. */
  async isSaved(): Promise<boolean> {
    const { secretArn, clientId } = this.#credential;
    const { genesysCloud } = this.#sandbox;
    const current = this.#ledger.tokensOf(secretArn, currentVersionId(this.#sandbox, secretArn));
    if (current !== undefined && genesysCloud.isLive(current.refreshToken)) return true;
    const lineage = genesysCloud
      .lineages(clientId)
      .find(({ tokens }) => tokens.some(({ fingerprint }) => fingerprint === current?.refreshToken));
    const live = lineage?.tokens.find(({ kind, state }) => kind === 'refresh' && state === 'live');
    const whereabouts = live === undefined ? 'lost' : await this.#whereabouts(live.fingerprint);
    return whereabouts === 'lost on the wire';
  }

  #liveRefreshTokens(): string[] {
    return this.#sandbox.genesysCloud
      .lineages(this.#credential.clientId)
      .flatMap(({ tokens }) => tokens)
      .filter(({ kind, state }) => kind === 'refresh' && state === 'live')
      .map(({ fingerprint }) => fingerprint);
  }

  /** A function that runs when its execution is stopped answers to nobody, as if its answer were lost. */
  async #whereabouts(fingerprint: string): Promise<string> {
    const whereabouts = await this.#ledger.whereabouts(this.#credential.secretArn, fingerprint);
    if (whereabouts !== 'lost') return whereabouts;
    const issuedAtMs = this.#ledger.issuedAtMs(fingerprint) ?? 0;
    const isStopped = this.#stoppedAtMs.some(
      atMs => issuedAtMs >= atMs && issuedAtMs - atMs < LONGEST_REFRESH_MS,
    );
    return isStopped ? 'lost on the wire' : 'lost';
  }

  #issuedAtMs(versionId: string | undefined): number | undefined {
    const tokens = this.#ledger.tokensOf(this.#credential.secretArn, versionId ?? '');
    return tokens && this.#ledger.issuedAtMs(tokens.refreshToken);
  }
}
