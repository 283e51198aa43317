/**
 * The errors of the rotation. Step Functions matches and shows them by `name`, so a name is an interface: it is a
 * literal (a minifier renames classes), and the headline that an operator reads in the console. One class for each
 * different reaction. Messages and fields hold identifiers only, never a token, a body or a header.
 */
export abstract class RotationError extends Error {
  abstract override readonly name: string;
}

/** The event of Secrets Manager, or the input of an execution, asks for something that cannot be done. */
export class InvalidRotationRequest extends RotationError {
  override readonly name = 'InvalidRotationRequest';
}

/** The execution of this rotation has failed, timed out or been stopped; it can be redriven. */
export class RotationFailed extends RotationError {
  override readonly name = 'RotationFailed';
}

/** The execution goes on, but the rotation function's own time is nearly over; the next call attaches to it. */
export class RotationStillRunning extends RotationError {
  override readonly name = 'RotationStillRunning';
}

/** The secret does not exist, or is scheduled for deletion. */
export class SecretNotFound extends RotationError {
  override readonly name = 'SecretNotFound';
}

/** The secret's value is not a complete Genesys Cloud credential; someone must mend it. */
export class InvalidSecret extends RotationError {
  override readonly name = 'InvalidSecret';
}

/** Genesys Cloud answered `invalid_grant`: only a new login helps. Not retried. */
export class RefreshTokenRejected extends RotationError {
  override readonly name = 'RefreshTokenRejected';
}

/** Genesys Cloud does not accept the client: wrong secret, deleted client, wrong region or wrong grant type. */
export class ClientRejected extends RotationError {
  override readonly name = 'ClientRejected';
}

/** Genesys Cloud answered 429. Nothing was spent; retried. */
export class GenesysRateLimited extends RotationError {
  override readonly name = 'GenesysRateLimited';
}

/** Genesys Cloud could not be reached, or answered that it cannot serve now. Nothing was spent; retried. */
export class GenesysUnavailable extends RotationError {
  override readonly name = 'GenesysUnavailable';
}

/**
 * The refresh request left, but no readable answer came: the refresh token may be spent. Retried once, because
 * that is the only chance left.
 */
export class GenesysAnswerLost extends RotationError {
  override readonly name = 'GenesysAnswerLost';
}

/** AWSCURRENT is no longer on the version that this rotation started from: someone wrote a newer credential. */
export class CurrentVersionMoved extends RotationError {
  override readonly name = 'CurrentVersionMoved';
}

/** The API answered 401 to the pending version's access token. */
export class AccessTokenRejected extends RotationError {
  override readonly name = 'AccessTokenRejected';
}

/**
 * The API answered 401 to an access token that was issued in an earlier run of the execution, before a redrive. The
 * refresh token beside it is traded.
 */
export class AccessTokenOutdated extends RotationError {
  override readonly name = 'AccessTokenOutdated';
}

/** The API answered 403: the access token is alive, its user may not do this; another refresh does not help. */
export class AccessTokenForbidden extends RotationError {
  override readonly name = 'AccessTokenForbidden';
}
