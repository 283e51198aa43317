/** What a log line is about: identifiers only. */
export interface LogSubject {
  readonly secretArn: string;
  readonly versionId: string;
  /** The execution's ARN. */
  readonly execution?: string;
  /** The state of the workflow that is at work. */
  readonly state?: string;
}

/** Identifiers and instants that make a line useful; never a token, a body or a header. */
export type LogDetails = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Writes one structured line. The functions' log format is JSON, so Lambda itself adds the time, the level and the
 * request id, and keeps the object as one.
 *
 * @see AWS Lambda Developer Guide, "Configuring JSON and plain text log formats"
 */
export function log(
  level: 'info' | 'warn',
  message: string,
  subject: LogSubject,
  details: LogDetails = {},
): void {
  // Field by field: what stands for the subject is often a whole request, with more in it.
  const { secretArn, versionId, execution, state } = subject;
  console[level]({ message, secretArn, versionId, execution, state, ...details });
}
