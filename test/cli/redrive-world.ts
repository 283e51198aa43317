import { runCli, runCliForJson } from '../helpers/cli.ts';
import { startSandbox } from '../helpers/sandbox.ts';

/** The secret of these tests. */
export const SECRET = 'genesys/demo';

/** A sandbox in which the rotation of the secret has failed in StorePending; the cause is gone. */
export async function failedRotation() {
  const world = await startSandbox();
  await world.credential();
  world.sandbox.faults.add({ target: 'secretsmanager:PutSecretValue', kind: 'access-denied' });
  const { result } = await runCliForJson(world.sandbox, ['rotate', SECRET]);
  world.sandbox.faults.clear();
  return { ...world, ...redrives(world), execution: (result as { execution: string }).execution };
}

/** One in which Genesys Cloud does not know the secret's client any more. */
export async function rejectedClient() {
  const world = await startSandbox();
  const { clientId } = await world.credential();
  world.sandbox.genesysCloud.deleteClient(clientId);
  await runCli(world.sandbox, ['rotate', SECRET]);
  return { ...world, ...redrives(world) };
}

function redrives({ sandbox }: Pick<Awaited<ReturnType<typeof startSandbox>>, 'sandbox'>) {
  return {
    /** How often the operator has redriven. */
    redrives: (): number =>
      sandbox.callLog
        .calls()
        .filter(({ operation, functionArn }) => operation === 'RedriveExecution' && functionArn === undefined)
        .length,
  };
}
