import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { onTestFinished } from 'vitest';
import { runCli, runCliForJson } from '../helpers/cli.ts';
import { sharedWorld, startSandbox } from '../helpers/sandbox.ts';

/** A sandbox for the tests of a file, each of which makes a secret whose rotation has failed. */
export function redriveWorld() {
  const world = sharedWorld(whenOver => startSandbox({ events: { rules: 'none' } }, whenOver));
  let secrets = 0;

  /** A credential of the test alone: `--all` does not see it in the next one. */
  async function credential() {
    const { sandbox, secrets: client } = world();
    const secret = `genesys/redrive-${++secrets}`;
    const { clientId, secretArn } = await world().credential({ secretName: secret });
    onTestFinished(async () => {
      sandbox.faults.clear();
      await client.send(new DeleteSecretCommand({ SecretId: secretArn }));
    });
    return { secret, clientId };
  }

  return {
    world,
    credential,

    /** The rotation has failed in StorePending; the cause is gone. */
    async failedRotation() {
      const { sandbox } = world();
      const { secret } = await credential();
      sandbox.faults.add({ target: 'secretsmanager:PutSecretValue', kind: 'access-denied' });
      const { result } = await runCliForJson(sandbox, ['rotate', secret]);
      sandbox.faults.clear();
      return {
        sandbox,
        secret,
        redrives: redrives(),
        execution: (result as { execution: string }).execution,
      };
    },

    /** It has failed because Genesys Cloud does not know the secret's client any more. */
    async rejectedClient() {
      const { sandbox } = world();
      const { secret, clientId } = await credential();
      sandbox.genesysCloud.deleteClient(clientId);
      await runCli(sandbox, ['rotate', secret]);
      return { sandbox, secret, redrives: redrives() };
    },
  };

  /** Counts the operator's redrives from now on. */
  function redrives(): () => number {
    const count = (): number =>
      world()
        .sandbox.callLog.calls()
        .filter(({ operation, functionArn }) => operation === 'RedriveExecution' && functionArn === undefined)
        .length;
    const before = count();
    return () => count() - before;
  }
}
