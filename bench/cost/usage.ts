import { HOUR_MS } from '../../functions/shared/durations.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../infra/function-list.ts';
import { itemBytes } from '../../sandbox/dynamodb/attribute-value.ts';
import { createFirstCredential } from '../../sandbox/first-credential.ts';
import { Sandbox } from '../../sandbox/sandbox.ts';
import { type DeploymentUsage, deploymentUsage } from './deployment-usage.ts';
import { TableUnits } from './table-units.ts';

/** The usage of one rotation. */
interface RotationUsage {
  readonly secretCalls: number;
  readonly keyCalls: number;
  /** Request units of DynamoDB. */
  readonly tableReads: number;
  readonly tableWrites: number;
  readonly transitions: number;
  readonly invocations: Readonly<Partial<Record<FunctionName, number>>>;
  /** The log lines of the functions, without Lambda's own. */
  readonly logBytes: number;
}

/** The sizes of the journal's items. */
interface JournalUsage {
  /** Every rotation adds one of these permanently. */
  readonly tokenBytes: number;
  /** Every login has one of these. */
  readonly lineageBytes: number;
}

/** The usage of a rotation without faults, and of the deployment without any. */
export interface Usage {
  readonly rotation: RotationUsage;
  readonly journal: JournalUsage;
  readonly deployment: DeploymentUsage;
}

/**
 * Rotates a credential on its schedule in a sandbox with virtual time, and counts what AWS bills. Step Functions API
 * calls, for example, are free.
 *
 * @param assemblyDirectory the synthesised stack
 * @throws Error the credential was not rotated exactly once
 */
export async function countUsage(assemblyDirectory: string): Promise<Usage> {
  const invocations: Partial<Record<FunctionName, number>> = {};
  const units = new TableUnits(() => sandbox);
  const sandbox: Sandbox = await Sandbox.start({
    assemblyDirectory,
    virtualTime: true,
    awsInterceptors: [units.awsInterceptor],
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

    // The overdue check runs every hour, even without a rotation, so it belongs to the deployment.
    const { 'overdue-check': _hourly, ...ofRotation } = invocations;
    return {
      rotation: {
        secretCalls: calls(sandbox, 'secretsmanager', 'overdue-check'),
        keyCalls: calls(sandbox, 'kms'),
        tableReads: units.reads,
        tableWrites: units.writes,
        transitions,
        invocations: ofRotation,
        logBytes: logBytes(sandbox, Object.keys(ofRotation)),
      },
      journal: {
        tokenBytes: journalBytes(sandbox, 'token'),
        lineageBytes: journalBytes(sandbox, 'lineage#'),
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

/** The size of the largest item in the journal whose sort key has this prefix. */
function journalBytes({ dynamoDb, stack }: Sandbox, sortPrefix: string): number {
  const sizes = stack.tables
    .flatMap(({ name }) => dynamoDb.items(name))
    .filter(({ sk }) => sk !== undefined && 'S' in sk && sk.S.startsWith(sortPrefix))
    .map(itemBytes);
  return Math.max(...sizes);
}

function logBytes(sandbox: Sandbox, functions: readonly string[]): number {
  return sandbox.stack.functions
    .filter(({ name }) => functions.some(each => name.endsWith(`-${each}`)))
    .flatMap(({ name }) => sandbox.lambda.logs(name))
    .reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, 0);
}
