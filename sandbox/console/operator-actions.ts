import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RedriveExecutionCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { Refusal } from '../control/json-http.ts';
import type { ConsoleSandbox } from './console-sandbox.ts';

/** The actions of an operator in the AWS consoles. Calls are not retried: the page shows the first error response. */
export class OperatorActions {
  readonly #secrets: SecretsManagerClient;
  readonly #stepFunctions: SFNClient;

  constructor({ clientConfig }: Pick<ConsoleSandbox, 'clientConfig'>) {
    this.#secrets = new SecretsManagerClient({ ...clientConfig, maxAttempts: 1 });
    this.#stepFunctions = new SFNClient({ ...clientConfig, maxAttempts: 1 });
  }

  /** @throws Refusal */
  async rotate(secretArn: string): Promise<void> {
    await operatorCall('RotateSecret', options =>
      this.#secrets.send(new RotateSecretCommand({ SecretId: secretArn }), options),
    );
  }

  /** @throws Refusal */
  async redrive(executionArn: string): Promise<void> {
    await operatorCall('RedriveExecution', options =>
      this.#stepFunctions.send(new RedriveExecutionCommand({ executionArn }), options),
    );
  }

  /** @throws Refusal */
  async stop(executionArn: string): Promise<void> {
    await operatorCall('StopExecution', options =>
      this.#stepFunctions.send(new StopExecutionCommand({ executionArn }), options),
    );
  }
}

/** Time limit of a call, in ms of real time. */
const TIMEOUT_MS = 10_000;

/** The AWS SDK's exception for an error response of a service. */
interface ServiceError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
}

/**
 * Makes one call as the operator.
 *
 * @param name the operation, for the error message
 * @throws Refusal with AWS's status and message; 502 when there was no response, or it is not an AWS response
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
      throw new Refusal(httpStatusCode, singleLine(`${name} was refused: ${error.name}: ${error.message}`));
    }
    // The message may quote the response, so it is not repeated.
    throw new Refusal(
      502,
      `${name} got no usable response: the connection dropped, the call took longer than ${TIMEOUT_MS / 1000} s, or the response was not an AWS response.`,
    );
  }
}

function isServiceError(error: unknown): error is ServiceError {
  const status = (error as Partial<ServiceError>).$metadata?.httpStatusCode;
  return error instanceof Error && '$fault' in error && (status ?? 0) >= 400;
}

function singleLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
