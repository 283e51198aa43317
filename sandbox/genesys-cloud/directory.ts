import { randomBytes, randomUUID } from 'node:crypto';
import * as v from 'valibot';

/** An OAuth client of the organisation, of the type Code Authorization. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly tokenDurationSeconds: number;
  /** The region of the client's organisation; other regions do not know the client. */
  readonly region: string;
}

/** The options of a new OAuth client; see {@link Directory.createClient}. */
export interface ClientOptions {
  readonly clientId?: string;
  readonly name?: string;
  /** Allowed redirect URIs, compared exactly. */
  readonly redirectUris?: readonly string[];
  /** Lifetime of its access tokens: 300 to 172,800 s (default: 86,400). */
  readonly tokenDurationSeconds?: number;
  /** Default: the region of the organisation. */
  readonly region?: string;
}

/** The response of `users/me` for a user: a user without a role gets one of the two 403 responses. */
export type UserAccess = 'permitted' | 'not.authorized' | 'missing.permissions';

/** A person who can log in. */
export interface User {
  readonly userId: string;
  readonly userName: string;
  readonly password: string;
  readonly name: string;
}

/** The options of a new user; the user name is an email address in Genesys Cloud. */
export interface UserOptions {
  readonly userName: string;
  readonly password: string;
  readonly userId?: string;
  readonly name?: string;
}

const redirectUri = v.pipe(
  v.string(),
  v.url(),
  v.regex(/^https?:\/\/[^#]+$/, 'A redirect URI is an http or https URL without a fragment.'),
);

/** Bounds of an OAuth client (Genesys Cloud Resource Center, "Create an OAuth client"). */
const clientBounds = v.object({
  tokenDurationSeconds: v.pipe(v.number(), v.integer(), v.minValue(300), v.maxValue(172_800)),
  redirectUris: v.array(redirectUri),
});

/** The OAuth clients and users of one organisation. */
export class Directory {
  readonly #region: string;
  readonly #clients = new Map<string, OAuthClient>();
  readonly #secrets = new Set<string>();
  readonly #users = new Map<string, User>();
  readonly #access = new Map<string, UserAccess>();

  constructor(region: string) {
    this.#region = region;
  }

  /**
   * Adds an OAuth client, or replaces the one with that id. The secret is always new.
   *
   * @throws v.ValiError for a token duration or redirect URI that is not allowed
   */
  createClient(options: ClientOptions): OAuthClient {
    const { tokenDurationSeconds = 86_400, redirectUris = [] } = options;
    v.parse(clientBounds, { tokenDurationSeconds, redirectUris });
    return this.#keep({
      clientId: options.clientId ?? randomUUID(),
      clientSecret: newSecret(),
      name: options.name ?? 'Token rotation',
      redirectUris: [...redirectUris],
      tokenDurationSeconds,
      region: options.region ?? this.#region,
    });
  }

  /**
   * Gives the client a new secret; the old one stops working.
   *
   * @throws Error when there is no such client
   */
  regenerateClientSecret(clientId: string): OAuthClient {
    const client = this.#clients.get(clientId);
    if (client === undefined) throw new Error(`There is no OAuth client ${clientId}.`);
    return this.#keep({ ...client, clientSecret: newSecret() });
  }

  /** Deletes the client. */
  deleteClient(clientId: string): void {
    this.#clients.delete(clientId);
  }

  /** The client in the given region. */
  client(clientId: string, region: string): OAuthClient | undefined {
    const client = this.#clients.get(clientId);
    return client?.region === region ? client : undefined;
  }

  /** Every client secret ever issued. */
  clientSecrets(): readonly string[] {
    return [...this.#secrets];
  }

  /** Adds a user, or replaces the one with that id. */
  createUser(options: UserOptions): User {
    const user: User = {
      userId: options.userId ?? randomUUID(),
      userName: options.userName,
      password: options.password,
      name: options.name ?? options.userName,
    };
    this.#users.set(user.userId, user);
    return user;
  }

  /**
   * The user with that id.
   *
   * @throws Error when there is no such user
   */
  user(userId: string): User {
    const user = this.#users.get(userId);
    if (user === undefined) throw new Error(`There is no user ${userId}.`);
    return user;
  }

  /** The user who has this user name and this password. */
  userWithPassword(userName: string, password: string): User | undefined {
    return [...this.#users.values()].find(
      user => user.userName.toLowerCase() === userName.toLowerCase() && user.password === password,
    );
  }

  /** Sets the response of `users/me` for the user. */
  setUserAccess(userId: string, access: UserAccess): void {
    this.#access.set(userId, access);
  }

  /** The response of `users/me` for the user. */
  userAccess(userId: string): UserAccess {
    return this.#access.get(userId) ?? 'permitted';
  }

  #keep(client: OAuthClient): OAuthClient {
    this.#clients.set(client.clientId, client);
    this.#secrets.add(client.clientSecret);
    return client;
  }
}

/** 256 random bits in URL-safe characters. */
function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
