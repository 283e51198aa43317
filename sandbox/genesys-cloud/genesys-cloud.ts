import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { OpenRequests } from '../open-requests.ts';
import { AuthorizationCodes } from './authorization-codes.ts';
import { AuthorizeEndpoint } from './authorize-endpoint.ts';
import { type GenesysBehaviour, WORST_CASE } from './behaviour.ts';
import { CallCounter, type CallCounts } from './call-counts.ts';
import {
  type ClientOptions,
  Directory,
  type OAuthClient,
  type User,
  type UserAccess,
  type UserOptions,
} from './directory.ts';
import { createHttpListener } from './http-listener.ts';
import type { GenesysInterceptor } from './interceptor.ts';
import type { LineageView, TokenIssued } from './lineage.ts';
import { PlatformApi, RateLimit } from './platform-api.ts';
import { RefusablePort } from './refusable-port.ts';
import { Router } from './router.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import { TokenStore } from './token-store.ts';

/** The options of a {@link GenesysCloud}. */
export interface GenesysCloudOptions {
  readonly clock: Clock;
  /** The region of the organisation (default: `mypurecloud.com`). */
  readonly region?: string;
  /** Changes to the default behaviour. */
  readonly behaviour?: Partial<GenesysBehaviour>;
  /** Tracks the requests being served. */
  readonly openRequests?: OpenRequests;
}

/**
 * One Genesys Cloud organisation behind a local HTTP server: login page, token endpoint, and the part of the Platform
 * API that verifies a token.
 */
export class GenesysCloud {
  readonly #region: string;
  #behaviour: GenesysBehaviour;
  readonly #directory: Directory;
  readonly #codes: AuthorizationCodes;
  readonly #tokens: TokenStore;
  readonly #counter = new CallCounter();
  readonly #router: Router;
  readonly #listener: RefusablePort;
  #port: number | undefined;

  constructor(options: GenesysCloudOptions) {
    const { clock, region = 'mypurecloud.com', openRequests = new OpenRequests() } = options;
    this.#region = region;
    this.#behaviour = { ...WORST_CASE, ...options.behaviour };
    const behaviour = (): GenesysBehaviour => this.#behaviour;
    this.#directory = new Directory(region);
    this.#codes = new AuthorizationCodes(clock);
    this.#tokens = new TokenStore(clock, behaviour);
    const parts = { directory: this.#directory, tokens: this.#tokens, counter: this.#counter };
    const organization = { id: randomUUID(), name: 'Sandbox' };
    const api = new PlatformApi({ ...parts, rateLimit: new RateLimit(clock), organization });
    const authorize = new AuthorizeEndpoint(this.#directory, this.#codes);
    const token = new TokenEndpoint({ ...parts, codes: this.#codes, behaviour });
    this.#router = new Router(authorize, token, api);
    this.#listener = new RefusablePort(() =>
      createHttpListener(region, openRequests, request => this.#router.route(request)),
    );
  }

  /**
   * Starts listening on 127.0.0.1.
   *
   * @param port 0 selects any free port
   */
  async listen(port = 0): Promise<void> {
    this.#port = await this.#listener.open(port);
  }

  /** Cuts all connections and stops listening; issued tokens stay. */
  async close(): Promise<void> {
    this.#port = undefined;
    await this.#listener.close();
  }

  get isListening(): boolean {
    return this.#port !== undefined;
  }

  /**
   * Refuses new connections until the returned function is called, which resolves when they are accepted again. Open
   * connections stay open. If several calls overlap, connections are accepted when all of them have ended.
   */
  refuseConnections(): () => Promise<void> {
    return this.#listener.refuse();
  }

  /** The counterpart of `https://login.<region>`, without a trailing slash. */
  get loginUrl(): string {
    return this.urlsOf(this.#region).loginUrl;
  }

  /** The counterpart of `https://api.<region>`, without a trailing slash. */
  get apiUrl(): string {
    return this.urlsOf(this.#region).apiUrl;
  }

  /**
   * The base URLs of any region, to test another region.
   *
   * @throws Error while the server is not listening
   */
  urlsOf(region: string): { loginUrl: string; apiUrl: string } {
    if (this.#port === undefined) throw new Error('Genesys Cloud is not listening.');
    const origin = `http://127.0.0.1:${this.#port}`;
    return { loginUrl: `${origin}/login.${region}`, apiUrl: `${origin}/api.${region}` };
  }

  /** The current behaviour. */
  get behaviour(): GenesysBehaviour {
    return this.#behaviour;
  }

  /** Changes the behaviour, starting with the next request. */
  setBehaviour(changes: Partial<GenesysBehaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...changes };
  }

  /** Adds an interceptor inside the existing ones; the returned function removes it. */
  intercept(interceptor: GenesysInterceptor): () => void {
    return this.#router.intercept(interceptor);
  }

  /**
   * Adds an OAuth client, or replaces the one with that id. The secret is always new.
   *
   * @throws v.ValiError for a token duration or redirect URI that is not allowed
   */
  createClient(options: ClientOptions): OAuthClient {
    return this.#directory.createClient(options);
  }

  /**
   * Gives the client a new secret; the old one stops working. Tokens stay valid.
   *
   * @throws Error when there is no such client
   */
  regenerateClientSecret(clientId: string): OAuthClient {
    return this.#directory.regenerateClientSecret(clientId);
  }

  /** The organisation's OAuth client with that id. */
  client(clientId: string): OAuthClient | undefined {
    return this.#directory.client(clientId, this.#region);
  }

  /**
   * The user with that id.
   *
   * @throws Error when there is no such user
   */
  user(userId: string): User {
    return this.#directory.user(userId);
  }

  /** Deletes the client and revokes its tokens. */
  deleteClient(clientId: string): void {
    this.#directory.deleteClient(clientId);
    this.#tokens.revokeLineages(lineage => lineage.clientId === clientId);
  }

  /** Adds a user, or replaces the one with that id. */
  createUser(options: UserOptions): User {
    return this.#directory.createUser(options);
  }

  /** Sets the response of `users/me` for the user (default: `permitted`). */
  setUserAccess(userId: string, access: UserAccess): void {
    this.#directory.setUserAccess(userId, access);
  }

  /** Revokes all of a user's tokens, as a password change or a logout from all sessions does. */
  revokeUser(userId: string): void {
    this.#tokens.revokeLineages(lineage => lineage.userId === userId);
  }

  /** Revokes the tokens of one login, which Genesys Cloud may do without notice. */
  revokeLineage(lineageId: string): void {
    this.#tokens.revokeLineages(lineage => lineage.id === lineageId);
  }

  /** The client's lineages, oldest first, with the state of each token. */
  lineages(clientId: string): readonly LineageView[] {
    return this.#tokens.lineages(clientId);
  }

  /** Whether the token with that fingerprint (see `fingerprintOf`) is valid. */
  isLive(fingerprint: string): boolean {
    return this.#tokens.isLive(fingerprint);
  }

  /** The request counts of one client or of all. */
  counts(clientId?: string): CallCounts {
    return clientId === undefined ? this.#counter.total() : this.#counter.of(clientId);
  }

  /** Calls `listener` whenever tokens are issued, until the returned function is called. */
  onTokenIssued(listener: (event: TokenIssued) => void): () => void {
    return this.#tokens.onTokenIssued(listener);
  }

  /**
   * Every secret value that was ever issued: tokens, codes, client secrets. Only for tests that search logs and states
   * for leaks.
   */
  issuedValues(): readonly string[] {
    return [
      ...this.#tokens.issuedValues(),
      ...this.#codes.issuedValues(),
      ...this.#directory.clientSecrets(),
    ];
  }
}
