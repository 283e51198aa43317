import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RedriveExecutionCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { ConsoleSandbox } from './console-sandbox.ts';
import { operatorCall } from './operator-call.ts';

/** What an operator does in the AWS consoles. Calls are not retried, so that the page shows AWS's response. */
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
