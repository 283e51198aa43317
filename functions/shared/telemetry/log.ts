import { secretNameOf } from '../input/arns.ts';

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
  subject: Partial<LogSubject>,
  details: LogDetails = {},
): void {
  console[level]({ message, ...identifiers(subject), ...details });
}

/** The members by which every line about a secret, an execution or a state is found. */
export function identifiers(subject: Partial<LogSubject>): Readonly<Record<string, string>> {
  // Field by field: what stands for the subject is often a whole request, with more in it.
  const { secretArn, versionId, execution, state } = subject;
  return {
    ...(secretArn === undefined ? {} : { secretName: secretNameOf(secretArn), secretArn }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(execution === undefined ? {} : { execution }),
    ...(state === undefined ? {} : { state }),
  };
}
