import * as v from 'valibot';
import type { FaultKind } from '../../sandbox/faults/fault-rule.ts';
import type { TokenView } from '../../sandbox/genesys-cloud/lineage.ts';
import type {
  InterceptedInvocation,
  InvocationInterceptor,
} from '../../sandbox/lambda/invocation-interceptor.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { storedTokens, TokenLocator, tokensWith } from '../token-locator.ts';
import { executionInput } from './execution-input.ts';
import { MAX_RESPONSE_MS, MAX_START_DELAY_MS } from './slow-calls.ts';

/**
 * The best copy of a refresh token: in a version of the secret, in the journal, in the state of an execution that is
 * running or can be redriven, or in a function that is still running. A token without a copy is `lost in transit` if
 * the response never reached the function, or the function was lost and the journal refused the result. Otherwise it is
 * `lost`, although it could have been saved.
 */
export type TokenLocation = 'stored' | 'recorded' | 'sealed' | 'held' | 'lost in transit' | 'lost';

/** Faults with which Genesys Cloud spends the refresh token, but the response does not reach the function. */
const RESPONSE_LOST: ReadonlySet<FaultKind> = new Set([
  'response-lost',
  'hang-after',
  'wrong-body',
  'empty-body',
  'huge-body',
]);

/** Faults with which the function gets the response, but Step Functions does not get the function's result. */
const RESULT_LOST: ReadonlySet<FaultKind> = new Set([
  'crash-after',
  'timeout-after',
  'out-of-memory',
  'response-lost',
]);

/** Maximum time from the request for an invocation of `refresh` until it ends. */
const MAX_REFRESH_MS = MAX_START_DELAY_MS + 30_000;

/** The longest delay of a response to a token request, and of an attempt to record the result. */
const MAX_CALL_MS = 5_000;

/** Events after which Step Functions no longer waits for a function that is still running. */
const TASK_ABANDONED = new Set(['TaskTimedOut', 'ExecutionAborted', 'ExecutionTimedOut']);

const invocationPayload = v.object({ secretArn: v.string() });

/** A running invocation of `refresh`. */
interface Refresh {
  readonly secretArn: string;
  readonly startedAtMs: number;
}

/** Tracks every refresh token and its copies. Tokens are identified by their fingerprints. */
export class TokenLedger {
  readonly #refreshes = new Set<Refresh>();
  readonly #issuedAtMs = new Map<string, number>();
  /** When a response, a function's result, or a write to the journal was lost. */
  readonly #lost = { responses: [] as number[], results: [] as number[], records: [] as number[] };
  readonly #executionArns = new Map<string, string[]>();
  #attached: { readonly sandbox: Sandbox; readonly locator: TokenLocator } | undefined;

  /** Tracks which functions may hold tokens. */
  readonly invocationInterceptor: InvocationInterceptor = async (invocation, next) => {
    const refresh = this.#refreshOf(invocation);
    if (refresh === undefined) return await next();
    this.#refreshes.add(refresh);
    try {
      return await next();
    } finally {
      this.#refreshes.delete(refresh);
    }
  };

  /** Starts listening; call it before anything is issued or stored. */
  attach(sandbox: Sandbox): void {
    const { clock, faults, genesysCloud, stepFunctions } = sandbox;
    this.#attached = { sandbox, locator: new TokenLocator(sandbox) };
    genesysCloud.onTokenIssued(({ refreshTokenFingerprint, at }) => {
      if (refreshTokenFingerprint !== undefined) this.#issuedAtMs.set(refreshTokenFingerprint, at.getTime());
    });
    faults.onInjected(({ target, kind, by, at }) => {
      if (target === 'genesys:token' && RESPONSE_LOST.has(kind)) this.#lost.responses.push(at.getTime());
      if (target === 'lambda:refresh' && RESULT_LOST.has(kind)) this.#lost.results.push(at.getTime());
      if (target === 'dynamodb:TransactWriteItems' && by === 'refresh') this.#lost.records.push(at.getTime());
    });
    stepFunctions.onEvent(({ type, details, executionArn }) => {
      if (type === 'ExecutionStarted') {
        const { secretArn } = v.parse(executionInput, details?.input);
        this.#executionArns.set(secretArn, [...(this.#executionArns.get(secretArn) ?? []), executionArn]);
      }
      // A running function continues, and its result is lost.
      if (TASK_ABANDONED.has(type)) this.#lost.results.push(clock.nowMs());
    });
  }

  /** When a refresh token was issued, in ms since 1970. */
  issuedAtMs(fingerprint: string): number | undefined {
    return this.#issuedAtMs.get(fingerprint);
  }

  /** The best copy of a refresh token of a secret's client. */
  async location(secretArn: string, fingerprint: string): Promise<TokenLocation> {
    const { sandbox, locator } = this.#sources();
    const stored = [...storedTokens(secretArn, sandbox).values()];
    if (stored.some(({ refreshToken }) => refreshToken === fingerprint)) return 'stored';
    if (await locator.isRecorded(secretArn, fingerprint)) return 'recorded';
    for (const executionArn of this.#executionArns.get(secretArn) ?? []) {
      if ((await locator.sealedIn(executionArn)) === fingerprint) return 'sealed';
    }
    const issuedAtMs = this.#issuedAtMs.get(fingerprint);
    if (issuedAtMs === undefined) return 'lost';
    const isHeld = [...this.#refreshes].some(
      refresh => refresh.secretArn === secretArn && refresh.startedAtMs <= issuedAtMs,
    );
    if (isHeld) return 'held';
    return this.#wasLostInTransit(issuedAtMs) ? 'lost in transit' : 'lost';
  }

  /**
   * The live refresh token of the login in AWSCURRENT, if no rotation can find it from AWSCURRENT, although it was not
   * lost in transit and no function holds it.
   */
  async unreachable(secretArn: string, clientId: string): Promise<string | undefined> {
    const { sandbox, locator } = this.#sources();
    const live = this.liveToken(secretArn, clientId);
    const current = tokensWith('AWSCURRENT', secretArn, sandbox);
    if (live === undefined || current === undefined) return undefined;
    if ((await locator.routeTo(secretArn, current, live)) !== undefined) return undefined;
    const location = await this.location(secretArn, live);
    return location === 'held' || location === 'lost in transit' ? undefined : live;
  }

  /** The live refresh token of the login that the token in AWSCURRENT descends from. */
  liveToken(secretArn: string, clientId: string): string | undefined {
    const [refreshToken = ''] = this.currentTokens(secretArn);
    return this.#loginTokens(clientId, refreshToken).find(({ state }) => state === 'live')?.fingerprint;
  }

  /** The refresh tokens of the grants in AWSCURRENT. */
  currentTokens(secretArn: string): readonly string[] {
    const current = tokensWith('AWSCURRENT', secretArn, this.#sources().sandbox);
    return [current?.refreshToken, current?.alternateRefreshToken].filter(token => typeof token === 'string');
  }

  /**
   * The refresh token that was issued last in the login of a given refresh token, in any state.
   *
   * @throws Error the client has no such token
   */
  newestToken(clientId: string, refreshToken: string): string {
    const newest = this.#loginTokens(clientId, refreshToken).at(-1);
    if (newest === undefined)
      throw new Error(`${refreshToken} is not a refresh token of client ${clientId}.`);
    return newest.fingerprint;
  }

  /** Whether the login of a refresh token has a live refresh token that was not lost in transit. */
  async isGrantLive(secretArn: string, clientId: string, refreshToken: string): Promise<boolean> {
    const live = this.#loginTokens(clientId, refreshToken).find(({ state }) => state === 'live');
    return live !== undefined && (await this.location(secretArn, live.fingerprint)) !== 'lost in transit';
  }

  #loginTokens(clientId: string, refreshToken: string): readonly TokenView[] {
    const login = this.#sources()
      .sandbox.genesysCloud.lineages(clientId)
      .find(({ tokens }) => tokens.some(({ fingerprint }) => fingerprint === refreshToken));
    return login?.tokens.filter(({ kind }) => kind === 'refresh') ?? [];
  }

  /** A lost result excuses the loss only if the journal also refused the result. */
  #wasLostInTransit(issuedAtMs: number): boolean {
    const { responses, results, records } = this.#lost;
    const isResponseLost = responses.some(atMs => atMs <= issuedAtMs && issuedAtMs - atMs <= MAX_CALL_MS);
    const isResultLost = results.some(atMs => Math.abs(atMs - issuedAtMs) <= MAX_REFRESH_MS);
    const isNotRecorded = records.some(
      atMs => atMs >= issuedAtMs && atMs - issuedAtMs <= MAX_RESPONSE_MS + MAX_CALL_MS,
    );
    return isResponseLost || (isResultLost && isNotRecorded);
  }

  #refreshOf({ functionName, payload }: InterceptedInvocation): Refresh | undefined {
    const parsed = v.safeParse(invocationPayload, payload);
    if (!functionName.endsWith('-refresh') || !parsed.success) return undefined;
    return { ...parsed.output, startedAtMs: this.#sources().sandbox.clock.nowMs() };
  }

  #sources(): { readonly sandbox: Sandbox; readonly locator: TokenLocator } {
    if (this.#attached === undefined) throw new Error('The ledger is not attached to a sandbox.');
    return this.#attached;
  }
}
