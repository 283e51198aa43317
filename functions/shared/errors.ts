/**
 * The errors of the rotation. Step Functions matches and shows them by `name`, so a name is an interface: a literal,
 * because a minifier renames classes, and the headline that an operator reads in the Step Functions console. One class
 * per reaction. Messages and fields hold identifiers only, never a token, a body or a header.
 *
 * The name is a getter and not a field, because the base class reads it before fields exist.
 */
export abstract class RotationError extends Error {
  /**
   * @param message what happened, to which secret, and what to do; the runbook entry is appended
   * @param runbookEntry the anchor of the entry; default: the error's name
   */
  constructor(message: string, runbookEntry?: string) {
    super(message);
    this.message = `${message} Runbook: docs/runbook.md#${runbookEntry ?? this.name.toLowerCase()}`;
  }
}

/** The event of Secrets Manager, or the input of an execution, is invalid. */
export class InvalidRotationRequest extends RotationError {
  override get name() {
    return 'InvalidRotationRequest' as const;
  }
}

/** The execution of this rotation failed, timed out or was stopped; it can be redriven. */
export class RotationFailed extends RotationError {
  override get name() {
    return 'RotationFailed' as const;
  }
}

/** The execution is still running, but the rotation function is almost out of time; the next call attaches to it. */
export class RotationStillRunning extends RotationError {
  override get name() {
    return 'RotationStillRunning' as const;
  }
}

/** The secret does not exist, or is scheduled for deletion. */
export class SecretNotFound extends RotationError {
  override get name() {
    return 'SecretNotFound' as const;
  }
}

/** The secret's value is not a complete Genesys Cloud credential, or is too large; someone must fix it. */
export class InvalidSecret extends RotationError {
  override get name() {
    return 'InvalidSecret' as const;
  }
}

/** Another secret rotates the same login. Each refresh would invalidate the other secret's tokens, so it is refused. */
export class SharedLogin extends RotationError {
  override get name() {
    return 'SharedLogin' as const;
  }
}

/** Genesys Cloud responded with `invalid_grant`, and no other grant is left: only a new login helps. Not retried. */
export class RefreshTokenRejected extends RotationError {
  override get name() {
    return 'RefreshTokenRejected' as const;
  }
}

/**
 * The alternate grant, whose access token no consumer holds, no longer works. The workflow continues with the grant in
 * use.
 */
export class AlternateGrantRejected extends RotationError {
  override get name() {
    return 'AlternateGrantRejected' as const;
  }
}

/** Genesys Cloud does not accept the client: wrong secret, deleted client, wrong region or wrong grant type. */
export class ClientRejected extends RotationError {
  override get name() {
    return 'ClientRejected' as const;
  }
}

/** Genesys Cloud responded with 429. The request had no effect. Retried. */
export class GenesysRateLimited extends RotationError {
  /** The value of Retry-After, in s; undefined if the response has none. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, retryAfterSeconds?: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }

  override get name() {
    return 'GenesysRateLimited' as const;
  }
}

/** Genesys Cloud could not be reached, or refused to serve the request. The request had no effect. Retried. */
export class GenesysUnavailable extends RotationError {
  override get name() {
    return 'GenesysUnavailable' as const;
  }
}

/**
 * The refresh request was sent, but no usable response arrived: the refresh token may be spent. Refresh presents it
 * again after the exchange's deadline, because that is the only chance left.
 */
export class TokenResponseLost extends RotationError {
  override get name() {
    return 'TokenResponseLost' as const;
  }
}

/**
 * The refresh token cannot be exchanged now: another attempt is exchanging it or promoting its pair, or too little time
 * is left to wait for the response. Retried until the other attempt must have ended.
 */
export class ExchangeInProgress extends RotationError {
  override get name() {
    return 'ExchangeInProgress' as const;
  }
}

/**
 * An exchange has no recorded result, and the failed execution that began it may hold the new pair in its state.
 * Redrive that execution first. The message names it.
 */
export class ExchangeUnsettled extends RotationError {
  override get name() {
    return 'ExchangeUnsettled' as const;
  }
}

/**
 * AWSCURRENT holds a newer login than this rotation, because someone logged in, or a newer pair of the same login. The
 * rotation keeps it.
 */
export class NewerLogin extends RotationError {
  override get name() {
    return 'NewerLogin' as const;
  }
}

/** AWSCURRENT is not on the version that StorePending read. The workflow stores again, on top of the current value. */
export class CurrentVersionMoved extends RotationError {
  override get name() {
    return 'CurrentVersionMoved' as const;
  }
}

/** The pending version does not exist or has lost AWSPENDING. The workflow stores it again. */
export class PendingVersionMissing extends RotationError {
  override get name() {
    return 'PendingVersionMissing' as const;
  }
}

/** AWSPENDING is on the version of another rotation, which has precedence. A redrive takes the label back. */
export class PendingVersionTaken extends RotationError {
  override get name() {
    return 'PendingVersionTaken' as const;
  }
}

/** The API responded with 401 to an access token that was issued moments ago. */
export class AccessTokenRejected extends RotationError {
  override get name() {
    return 'AccessTokenRejected' as const;
  }
}

/**
 * The pair of this rotation is no longer usable: its access token has expired or is about to, or a newer pair has
 * replaced it. The workflow gets another pair in RefreshAgain.
 */
export class AccessTokenExpired extends RotationError {
  override get name() {
    return 'AccessTokenExpired' as const;
  }
}

/** The API responded with 403: the access token works, but its user lacks a permission; a refresh does not help. */
export class AccessTokenForbidden extends RotationError {
  override get name() {
    return 'AccessTokenForbidden' as const;
  }
}

/** The new access token belongs to a user other than the secret's `genesysUserId`. */
export class WrongUser extends RotationError {
  override get name() {
    return 'WrongUser' as const;
  }
}

/** The access token of AWSCURRENT could not be written to the secret that consumers read. The credential is safe. */
export class AccessTokenNotPublished extends RotationError {
  override get name() {
    return 'AccessTokenNotPublished' as const;
  }
}
