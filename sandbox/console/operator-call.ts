import { Refusal } from '../control/json-http.ts';

/** How long AWS may take, in ms of real time. */
const TIMEOUT_MS = 10_000;

/** What the AWS SDK throws when the service responds with an error. */
interface ServiceError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
}

/**
 * Makes one call as the operator.
 *
 * @param name the operation, for the error message
 * @throws Refusal with AWS's status and message; 502 when there was no response, or not one of AWS
 */
export async function operatorCall<Result>(
  name: string,
  call: (options: { readonly abortSignal: AbortSignal }) => Promise<Result>,
): Promise<Result> {
  try {
    return await call({ abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    if (isServiceError(error)) {
      const { httpStatusCode = 500 } = error.$metadata;
      throw new Refusal(httpStatusCode, oneParagraph(`${name} was refused: ${error.name}: ${error.message}`));
    }
    // The message may quote the response, so it is not repeated.
    throw new Refusal(
      502,
      `${name} got no usable response: the connection dropped, ${TIMEOUT_MS / 1000} s passed, or the response was not one of AWS.`,
    );
  }
}

function isServiceError(error: unknown): error is ServiceError {
  const status = (error as Partial<ServiceError>).$metadata?.httpStatusCode;
  return error instanceof Error && '$fault' in error && (status ?? 0) >= 400;
}

function oneParagraph(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
