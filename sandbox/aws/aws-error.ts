/** An error that an AWS service returns; the endpoint serialises it in the service's protocol. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** The error's name on the wire, e.g. `ResourceNotFoundException`. */
  readonly type: string;
  /** The HTTP status. */
  readonly statusCode: number;
  /** Additional members of the error's body, e.g. Lambda's `Reason`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    type: string,
    message: string,
    options: { statusCode?: number; details?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.type = type;
    this.statusCode = options.statusCode ?? 400;
    this.details = options.details ?? {};
  }
}
