/** An error that an AWS service answers with; the endpoint gives it the shape of the service's protocol. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** The error's name on the wire, e.g. `ResourceNotFoundException`. */
  readonly type: string;
  /** The HTTP status. */
  readonly statusCode: number;
  /** Members of the error's body besides its type and message, e.g. Lambda's `Reason`. */
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
