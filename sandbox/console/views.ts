/**
 * What the console's page is told. Dates are ISO 8601 in UTC. Tokens and values of secrets never stand here, only
 * fingerprints of tokens.
 */

/** The state machine that the page draws. */
export interface StateMachineView {
  readonly name: string;
  readonly arn: string;
  /** The Amazon States Language document. */
  readonly definition: unknown;
}

/** All that changes while one looks. */
export interface Overview {
  /** The sandbox's time. */
  readonly now: string;
  /** The latest 100, newest first. */
  readonly executions: readonly ExecutionView[];
  readonly credentials: readonly CredentialView[];
  /** Faults that are set, in the order in which they are looked at. */
  readonly faults: readonly FaultView[];
}

/** One execution of the state machine. */
export interface ExecutionView {
  readonly arn: string;
  readonly name: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly startDate: string;
  readonly stopDate?: string;
  readonly redriveCount: number;
  readonly isRedrivable: boolean;
  /** ARN of the secret that it rotates, from its input. */
  readonly secretArn?: string;
  readonly error?: string;
  readonly cause?: string;
  /** Id of the newest event of its history. */
  readonly lastEventId: number;
}

/** One event as GetExecutionHistory gives it. */
export interface HistoryEventView {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  readonly timestamp: string;
  /** The details member of the type, under its name of the API, e.g. taskFailedEventDetails. */
  readonly [details: string]: unknown;
}

/** One secret that is rotated, and what its consumers get. */
export interface CredentialView {
  readonly secretArn: string;
  readonly name: string;
  readonly rotation: RotationView;
  /** Oldest first. */
  readonly versions: readonly VersionView[];
  /** The latest 200, oldest first. */
  readonly labelMoves: readonly LabelMoveView[];
  /** Each login of the user, oldest first. */
  readonly lineages: readonly LineageView[];
  readonly consumer: ConsumerView;
}

/** The rotation of one secret. */
export interface RotationView {
  readonly isEnabled: boolean;
  readonly nextRotationDate?: string;
  readonly lastRotatedDate?: string;
  /** What Secrets Manager does now: e.g. idle, rotating, waiting for a retry. */
  readonly status: string;
}

/** One version of a secret. */
export interface VersionView {
  readonly id: string;
  readonly createdDate: string;
  /** Staging labels; none for a deprecated version. */
  readonly labels: readonly string[];
  readonly accessToken?: TokenMark;
  readonly refreshToken?: TokenMark;
}

/** A token in a version, and what Genesys Cloud says about it. */
export interface TokenMark {
  readonly fingerprint: string;
  readonly state: TokenState | 'unknown';
}

/** What has become of a token that Genesys Cloud issued. */
type TokenState = 'live' | 'expired' | 'spent' | 'revoked';

/** A staging label that went to a version, left one, or moved between two. */
export interface LabelMoveView {
  readonly at: string;
  readonly label: string;
  readonly from?: string;
  readonly to?: string;
}

/** One login of the user, and all tokens that came from it. */
export interface LineageView {
  readonly id: string;
  /** Whether a refresh token of it still works. */
  readonly isLive: boolean;
  /** The latest 50, oldest first. */
  readonly tokens: readonly IssuedTokenView[];
}

/** A token that Genesys Cloud issued. */
export interface IssuedTokenView {
  readonly fingerprint: string;
  readonly kind: 'access' | 'refresh';
  readonly state: TokenState;
  readonly issuedAt: string;
  readonly expiresAt?: string;
}

/** What a consumer who reads AWSCURRENT now and calls Genesys Cloud would get, while no fault stands in its way. */
export interface ConsumerView {
  readonly works: boolean;
  readonly explanation: string;
  readonly accessTokenFingerprint?: string;
  readonly accessTokenExpiresAt?: string;
}

/** A fault that is set. */
export interface FaultView {
  readonly id: number;
  /** As it was given, e.g. `kms:Decrypt=throttled,nth=2`. */
  readonly text: string;
  /** How often it struck. */
  readonly injected: number;
}
