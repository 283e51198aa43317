import { FUNCTION_NAMES, type FunctionName } from '../../infra/function-list.ts';
import { createFirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import { Sandbox } from '../../sandbox/sandbox.ts';
import { type DeploymentUsage, deploymentUsage } from './deployment-usage.ts';

const HOUR_MS = 3_600_000;

/** What one rotation uses. */
interface RotationUsage {
  readonly secretCalls: number;
  readonly keyCalls: number;
  readonly tableReads: number;
  readonly transitions: number;
  readonly invocations: Readonly<Partial<Record<FunctionName, number>>>;
  /** What the functions themselves write. */
  readonly logBytes: number;
}

/** What a rotation that nothing disturbs uses, and what the deployment has at all times. */
export interface Usage {
  readonly rotation: RotationUsage;
  readonly deployment: DeploymentUsage;
}

/**
 * Rotates a credential by its schedule in a sandbox whose time stands still, and counts what AWS's bills count: calls
 * of Step Functions' API, for instance, are free.
 *
 * @param assemblyDirectory the synthesised stack
 * @throws Error the credential was not rotated exactly once
 */
export async function countUsage(assemblyDirectory: string): Promise<Usage> {
  const invocations: Partial<Record<FunctionName, number>> = {};
  const sandbox = await Sandbox.start({
    assemblyDirectory,
    virtualTime: true,
    invocationInterceptors: [
      async ({ functionName }, next) => {
        const name = FUNCTION_NAMES.find(each => functionName.endsWith(`-${each}`));
        if (name !== undefined) invocations[name] = (invocations[name] ?? 0) + 1;
        return await next();
      },
    ],
  });
  try {
    const { secretArn } = await createFirstCredential(sandbox);
    sandbox.secretsManager.enableRotation(secretArn, sandbox.rotationFunctionArn, {
      ScheduleExpression: 'rate(8 hours)',
      Duration: '1h',
    });
    let transitions = 0;
    sandbox.stepFunctions.onEvent(({ type }) => {
      if (type.endsWith('StateEntered')) transitions += 1;
    });
    await sandbox.advance(10 * HOUR_MS);
    const rotations = sandbox.cloudTrail.events().filter(({ name }) => name === 'RotationSucceeded').length;
    if (rotations !== 1) throw new Error(`There were ${rotations} rotations, not 1.`);

    // The watch runs by the hour, whether something rotates or not: it belongs to the deployment.
    const { watch: _hourly, ...ofRotation } = invocations;
    return {
      rotation: {
        secretCalls: calls(sandbox, 'secretsmanager', 'watch'),
        keyCalls: calls(sandbox, 'kms'),
        tableReads: calls(sandbox, 'dynamodb'),
        transitions,
        invocations: ofRotation,
        logBytes: logBytes(sandbox, Object.keys(ofRotation)),
      },
      deployment: deploymentUsage(sandbox.stack),
    };
  } finally {
    await sandbox.close();
  }
}

/** The calls of a service that functions made. */
function calls(sandbox: Sandbox, service: string, except?: FunctionName): number {
  return sandbox.callLog
    .calls()
    .filter(
      call =>
        call.service === service &&
        call.functionArn !== undefined &&
        (except === undefined || !call.functionArn.endsWith(`-${except}`)),
    ).length;
}

function logBytes(sandbox: Sandbox, functions: readonly string[]): number {
  return sandbox.stack.functions
    .filter(({ name }) => functions.some(each => name.endsWith(`-${each}`)))
    .flatMap(({ name }) => sandbox.lambda.logs(name))
    .reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, 0);
}
