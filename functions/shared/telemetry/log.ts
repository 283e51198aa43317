import { secretNameOf } from '../input/arns.ts';

/** The subject of a log line: identifiers only. */
export interface LogSubject {
  readonly secretArn: string;
  readonly versionId: string;
  /** The execution's ARN. */
  readonly execution?: string;
  /** The current state of the workflow. */
  readonly state?: string;
}

/** Additional identifiers and instants; never a token, a body or a header. */
export type LogDetails = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Writes one structured line. The functions' log format is JSON, so Lambda adds the time, the level and the request id.
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

/** The members to search for lines about a secret, an execution or a state. */
export function identifiers(subject: Partial<LogSubject>): Readonly<Record<string, string>> {
  // Field by field, because the subject is often a whole request.
  const { secretArn, versionId, execution, state } = subject;
  return {
    ...(secretArn === undefined ? {} : { secretName: secretNameOf(secretArn), secretArn }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(execution === undefined ? {} : { execution }),
    ...(state === undefined ? {} : { state }),
  };
}
