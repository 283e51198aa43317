import { format } from 'node:util';

const LEVELS = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
} as const;

/**
 * Makes the console write JSON logs as Lambda's Node.js runtime does: one line per call, with the class of an error,
 * not its name, as its type (aws-lambda-ric 4.0.2, formatJsonMessage).
 */
export function writeJsonLogs(write: (line: string) => void, requestId: () => string | undefined): void {
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method as keyof typeof LEVELS] = (message: unknown, ...others: unknown[]) =>
      write(jsonLine(level, requestId(), message, others));
  }
}

function jsonLine(
  level: string,
  requestId: string | undefined,
  message: unknown,
  others: readonly unknown[],
): string {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  if (others.length > 0) {
    const error = others.find(other => other instanceof Error);
    return JSON.stringify({ ...line, message: format(message, ...others), ...(error && errorFields(error)) });
  }
  try {
    return JSON.stringify({ ...line, message }, (_key, value: unknown) =>
      value instanceof Error ? { ...errorFields(value), ...value } : value,
    );
  } catch {
    return JSON.stringify({ ...line, message: format(message) });
  }
}

function errorFields(error: Error): object {
  return {
    errorType: error.constructor.name,
    errorMessage: error.message,
    stackTrace: error.stack?.split('\n') ?? [],
  };
}
