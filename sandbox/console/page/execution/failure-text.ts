/** What a person reads of a cause: the message in the JSON that Lambda gives, or the cause as it stands. */
export function failureText(cause: string): string {
  try {
    const failure: unknown = JSON.parse(cause);
    if (typeof failure !== 'object' || failure === null || !('errorMessage' in failure)) return cause;
    return typeof failure.errorMessage === 'string' ? failure.errorMessage : cause;
  } catch {
    return cause;
  }
}
