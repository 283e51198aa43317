/**
 * What the console sends to its page. Dates are ISO 8601 in UTC. Contains fingerprints of tokens, never tokens or values
 * of secrets.
 */

/** The state machine that the page draws. */
export interface StateMachineView {
  readonly name: string;
  readonly arn: string;
  /** The Amazon States Language document. */
  readonly definition: unknown;
}

/** Everything that changes over time. */
export interface Overview {
  /** The sandbox's time. */
  readonly now: string;
  /** The latest 100, newest first. */
  readonly executions: readonly ExecutionView[];
  readonly credentials: readonly CredentialView[];
  /** Faults that are set, in the order in which they are checked. */
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

/** One event as GetExecutionHistory returns it. */
export interface HistoryEventView {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  readonly timestamp: string;
  /** The details of the event, under the API's name for its type, such as `taskFailedEventDetails`. */
  readonly [details: string]: unknown;
}

/** One secret, and the result for its consumers. */
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
  readonly verdict: VerdictView;
}

/** The rotation of one secret. */
export interface RotationView {
  readonly isEnabled: boolean;
  readonly nextRotationDate?: string;
  readonly lastRotatedDate?: string;
  /** What Secrets Manager does now, such as idle, rotating, waiting for a retry. */
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
  /** The refresh token of the alternate grant, if the secret has two grants. */
  readonly alternateRefreshToken?: TokenMark;
}

/** A token in a version, and its state at Genesys Cloud. */
export interface TokenMark {
  readonly fingerprint: string;
  readonly state: TokenState | 'unknown';
}

/** The state of a token that Genesys Cloud issued. */
type TokenState = 'live' | 'expired' | 'spent' | 'revoked';

/** A staging label that was added to a version, removed from one, or moved between two. */
export interface LabelMoveView {
  readonly at: string;
  readonly label: string;
  readonly from?: string;
  readonly to?: string;
}

/** One login of the user, and all tokens that descend from it. */
export interface LineageView {
  readonly id: string;
  /** Whether a refresh token of the login still works. */
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

/** The result for a consumer that reads AWSCURRENT now and calls Genesys Cloud, if no fault interferes. */
export interface ConsumerView {
  readonly works: boolean;
  readonly explanation: string;
  readonly accessTokenFingerprint?: string;
  readonly accessTokenExpiresAt?: string;
}

/** The program's verdict on the credential. */
export interface VerdictView {
  readonly health: 'healthy' | 'rotating' | 'stuck' | 'expired' | 'needs-authorisation';
  readonly impact: string;
  /** Absent if nothing is broken. */
  readonly cause?: string;
  /** What to do, in order. */
  readonly next: readonly NextStep[];
  /** The execution of the latest rotation, if it is running or has failed. */
  readonly executionArn?: string;
}

/** One thing to do. */
export interface NextStep {
  /** A sentence without a full stop. */
  readonly text: string;
  /** The command of the program that does it. */
  readonly command?: {
    readonly verb: 'authorize' | 'redrive' | 'rotate' | 'follow' | 'diagnose';
    /** The whole command, for pasting. */
    readonly line: string;
  };
}

/** A fault that is set. */
export interface FaultView {
  readonly id: number;
  /** The rule as it was set, such as `kms:Decrypt=throttled,nth=2`. */
  readonly text: string;
  /** How often it was injected. */
  readonly injected: number;
}
