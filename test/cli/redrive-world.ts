import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { onTestFinished } from 'vitest';
import { runCli, runCliForJson } from '../helpers/cli.ts';
import { sharedWorld, startSandbox } from '../helpers/sandbox.ts';

/** A sandbox for the tests of a file. Each test creates a secret whose rotation has failed. */
export function redriveWorld() {
  const world = sharedWorld(onCleanup => startSandbox({ events: { rules: 'none' } }, onCleanup));
  let secrets = 0;

  /** A credential for one test. It is deleted afterwards, so `--all` does not find it in the next test. */
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

    /** A rotation that failed in StorePending; the cause is already fixed. */
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

    /** A rotation that failed because the OAuth client no longer exists. */
    async rejectedClient() {
      const { sandbox } = world();
      const { secret, clientId } = await credential();
      sandbox.genesysCloud.deleteClient(clientId);
      await runCli(sandbox, ['rotate', secret]);
      return { sandbox, secret, redrives: redrives() };
    },
  };

  /** Counts the operator's redrives after this call. */
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
