const REMEMBERED_MS = 15 * 60 * 1000;
const REMEMBERED_TOKENS = 10;

/**
 * The client tokens of an execution's redrives: the last 10, each for 15 minutes (AWS Step Functions API
 * Reference, RedriveExecution: `clientToken`).
 */
export class RedriveTokens {
  readonly #redrives = new Map<string, Date>();

  /** When the redrive with this token happened, while the token is remembered. */
  redrivenAt(token: string, nowMs: number): Date | undefined {
    const at = this.#redrives.get(token);
    return at !== undefined && nowMs - at.getTime() < REMEMBERED_MS ? at : undefined;
  }

  remember(token: string, at: Date): void {
    // Deleted first, so that the newest token is the last one of the map.
    this.#redrives.delete(token);
    this.#redrives.set(token, at);
    const [oldest] = this.#redrives.keys();
    if (this.#redrives.size > REMEMBERED_TOKENS && oldest !== undefined) this.#redrives.delete(oldest);
  }
}
