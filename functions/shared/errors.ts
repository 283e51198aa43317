/**
 * The errors of the rotation. Step Functions matches and shows them by `name`, so a name is an interface: it is a
 * literal (a minifier renames classes), and the headline that an operator reads in the Step Functions console. One
 * class for each different reaction. Messages and fields hold identifiers only, never a token, a body or a header.
 *
 * The name is a getter and not a field, because a field does not exist yet while the base class makes the message.
 */
export abstract class RotationError extends Error {
  /** @param message what happened, to which secret, and what to do; the entry of the runbook is added */
  constructor(message: string) {
    super(message);
    this.message = `${message} Runbook: docs/runbook.md#${this.name.toLowerCase()}`;
  }
}

/** The event of Secrets Manager, or the input of an execution, asks for something that cannot be done. */
export class InvalidRotationRequest extends RotationError {
  override get name() {
    return 'InvalidRotationRequest' as const;
  }
}

/** The execution of this rotation has failed, timed out or been stopped; it can be redriven. */
export class RotationFailed extends RotationError {
  override get name() {
    return 'RotationFailed' as const;
  }
}

/** The execution goes on, but the rotation function's own time is nearly over; the next call attaches to it. */
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

/** The secret's value is not a complete Genesys Cloud credential; someone must mend it. */
export class InvalidSecret extends RotationError {
  override get name() {
    return 'InvalidSecret' as const;
  }
}

/** Genesys Cloud answered `invalid_grant`: only a new login helps. Not retried. */
export class RefreshTokenRejected extends RotationError {
  override get name() {
    return 'RefreshTokenRejected' as const;
  }
}

/** Genesys Cloud does not accept the client: wrong secret, deleted client, wrong region or wrong grant type. */
export class ClientRejected extends RotationError {
  override get name() {
    return 'ClientRejected' as const;
  }
}

/** Genesys Cloud answered 429. Nothing was spent. Retried where the state has retries. */
export class GenesysRateLimited extends RotationError {
  override get name() {
    return 'GenesysRateLimited' as const;
  }
}

/**
 * Genesys Cloud could not be reached, or answered that it cannot serve now. Nothing was spent. Retried where the state
 * has retries.
 */
export class GenesysUnavailable extends RotationError {
  override get name() {
    return 'GenesysUnavailable' as const;
  }
}

/**
 * The refresh request left, but no readable answer came: the refresh token may be spent. Refresh retries
 * once, because that is the only chance left.
 */
export class GenesysAnswerLost extends RotationError {
  override get name() {
    return 'GenesysAnswerLost' as const;
  }
}

/** AWSCURRENT is no longer on the version that this rotation started from: someone wrote a newer credential. */
export class CurrentVersionMoved extends RotationError {
  override get name() {
    return 'CurrentVersionMoved' as const;
  }
}

/** The API answered 401 to the pending version's access token. */
export class AccessTokenRejected extends RotationError {
  override get name() {
    return 'AccessTokenRejected' as const;
  }
}

/**
 * The API answered 401 to an access token that was issued in an earlier run of the execution, before a redrive. The
 * refresh token beside it is traded.
 */
export class AccessTokenOutdated extends RotationError {
  override get name() {
    return 'AccessTokenOutdated' as const;
  }
}

/** The API answered 403: the access token is alive, its user may not do this; another refresh does not help. */
export class AccessTokenForbidden extends RotationError {
  override get name() {
    return 'AccessTokenForbidden' as const;
  }
}
