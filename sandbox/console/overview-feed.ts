import type { ConsoleSandbox } from './console-sandbox.ts';
import type { Overview } from './views.ts';

/** How long changes are gathered before they are told, in ms of real time. */
const GATHERING_MS = 50;

/** How often one looks for what changes without an event, such as a token that expires, in ms of real time. */
const LOOKING_MS = 1000;

/** Tells listeners the overview: at once, and after each change, at most every 50 ms. */
export class OverviewFeed {
  readonly #sandbox: ConsoleSandbox;
  readonly #overview: () => Overview;
  readonly #listeners = new Set<(overview: Overview) => void>();
  #stopWatching: () => void = () => undefined;
  #gathering: NodeJS.Timeout | undefined;
  #told = '';

  constructor(sandbox: ConsoleSandbox, overview: () => Overview) {
    this.#sandbox = sandbox;
    this.#overview = overview;
  }

  /** Calls `listener` at once and after each change, until the returned function is called. */
  subscribe(listener: (overview: Overview) => void): () => void {
    const overview = this.#overview();
    if (this.#listeners.size === 0) {
      this.#told = this.#news(overview);
      this.#watch();
    }
    this.#listeners.add(listener);
    listener(overview);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stopWatching();
    };
  }

  /** Something may have changed. */
  readonly note = (): void => {
    if (this.#listeners.size === 0) return;
    this.#gathering ??= setTimeout(() => this.#tell(), GATHERING_MS);
  };

  #tell(): void {
    this.#gathering = undefined;
    const overview = this.#overview();
    const news = this.#news(overview);
    if (news === this.#told) return;
    this.#told = news;
    for (const listener of this.#listeners) listener(overview);
  }

  /** The time passes by itself; only that somebody has moved it is news. */
  #news(overview: Overview): string {
    return JSON.stringify({ ...overview, now: this.#sandbox.clock.offsetMs });
  }

  #watch(): void {
    const { stepFunctions, secretsManager, cloudTrail, genesysCloud, faults } = this.#sandbox;
    const looking = setInterval(this.note, LOOKING_MS);
    const subscriptions = [
      stepFunctions.onEvent(this.note),
      stepFunctions.onStatusChange(this.note),
      secretsManager.onChange(this.note),
      cloudTrail.onEvent(this.note),
      genesysCloud.onTokenIssued(this.note),
      faults.onInjected(this.note),
    ];
    this.#stopWatching = () => {
      clearInterval(looking);
      clearTimeout(this.#gathering);
      this.#gathering = undefined;
      for (const unsubscribe of subscriptions) unsubscribe();
    };
  }
}
