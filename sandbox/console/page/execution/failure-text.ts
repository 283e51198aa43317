/** The text of a cause: the message in Lambda's JSON, or the cause itself. */
export function failureText(cause: string): string {
  try {
    const failure: unknown = JSON.parse(cause);
    if (typeof failure !== 'object' || failure === null || !('errorMessage' in failure)) return cause;
    return typeof failure.errorMessage === 'string' ? failure.errorMessage : cause;
  } catch {
    return cause;
  }
}
