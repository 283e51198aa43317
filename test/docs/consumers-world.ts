import { CreateSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { PUBLISHER_TAG } from '../../functions/shared/secrets/published-token.ts';
import { startSandbox } from '../helpers/sandbox.ts';

/** The rotated secret and the published secret. */
export const NAME = 'crm/genesys';
export const PUBLISHED_NAME = 'crm/genesys/access-token';

/** See {@link consumersWorld}. */
export type ConsumersWorld = Awaited<ReturnType<typeof consumersWorld>>;

/** A credential in a deployment. Uses real time, because consumers run in their own processes. */
export async function consumersWorld(assemblyDirectory: string) {
  const world = await startSandbox({ assemblyDirectory, events: { rules: 'none' } });
  const { sandbox, secrets } = world;
  const { secretArn, clientId } = await world.credential({ secretName: NAME });
  return {
    ...world,
    userId: sandbox.genesysCloud.lineages(clientId)[0]?.userId,
    /** Rotates, and also waits until the execution has closed. */
    async rotate(): Promise<void> {
      const { VersionId = '' } = await secrets.send(new RotateSecretCommand({ SecretId: secretArn }));
      await sandbox.secretsManager.rotationOutcome(secretArn, VersionId);
      const executions = sandbox.stepFunctions.executions(sandbox.stateMachineArn);
      await Promise.all(
        executions.map(({ executionArn }) => sandbox.stepFunctions.executionClosed(executionArn)),
      );
    },
  };
}

/** A {@link consumersWorld} with a published access token. */
export async function publishingWorld(assemblyDirectory: string): Promise<ConsumersWorld> {
  const world = await consumersWorld(assemblyDirectory);
  await world.secrets.send(
    new CreateSecretCommand({
      Name: PUBLISHED_NAME,
      Tags: [{ Key: PUBLISHER_TAG, Value: 'genesys-token-rotation' }],
    }),
  );
  await world.rotate();
  return world;
}
