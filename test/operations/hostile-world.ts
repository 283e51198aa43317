import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { attemptName, type Purpose } from '../../functions/shared/executions/execution-name.ts';
import type { FunctionName } from '../../infra/function-list.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { recoveryWorld } from '../recovery/recovery-world.ts';
import { functionError } from '../rotation/execution-outcome.ts';

/** The output of Refresh in an execution. Anyone who may read histories can copy it. */
const refreshedOutput = v.object({
  refreshed: v.object({
    lineage: v.string(),
    generation: v.number(),
    current: v.object({ lineage: v.string(), generation: v.number() }),
    fingerprint: v.string(),
    sealedPair: v.string(),
    issuedAt: v.string(),
    expiresAt: v.nullable(v.string()),
  }),
});

/** The result of a direct invocation: the function's result or its error. */
export type Invoked = { readonly returned: unknown } | { readonly error: string };

/** A rotated credential, and an attacker who may only start executions, invoke functions and read histories. */
export async function hostileWorld(options: SandboxOptions = {}) {
  const world = await recoveryWorld(options);
  const { sandbox, stepFunctions, inTime } = world;
  const lambda = new LambdaClient(sandbox.clientConfig);
  const prefix = sandbox.stateMachineArn.split(':').at(-1);
  const secretName = 'crm/genesys';
  const login = await world.credential({ secretName });
  const { secretArn } = login;
  const first = await world.rotated(secretArn);

  return {
    ...world,
    login,
    secretArn,
    firstVersionId: first.versionId,

    /** The name of an attempt at a rotation, which anyone can compute. */
    nameOf: (versionId: string, attempt: number, purpose: Purpose = 'rotate') =>
      attemptName({ secretArn, secretName, clientRequestToken: versionId }, purpose, attempt),

    /** Starts an execution with any input, and waits until it closes. */
    async start(name: string, input: unknown): Promise<ExecutionSnapshot> {
      const { executionArn = '' } = await stepFunctions.send(
        new StartExecutionCommand({
          stateMachineArn: sandbox.stateMachineArn,
          name,
          input: JSON.stringify(input),
        }),
      );
      return await inTime(sandbox.stepFunctions.executionClosed(executionArn));
    },

    /** Invokes a function with any payload. */
    async invoke(name: FunctionName, payload: object): Promise<Invoked> {
      const { FunctionError, Payload } = await inTime(
        lambda.send(
          new InvokeCommand({ FunctionName: `${prefix}-${name}`, Payload: JSON.stringify(payload) }),
        ),
      );
      const returned: unknown = JSON.parse(Buffer.from(Payload ?? []).toString());
      return FunctionError === undefined
        ? { returned }
        : { error: v.parse(functionError, returned).errorType };
    },

    /** The result of Refresh in an execution's history. */
    refreshedIn({ history }: Pick<ExecutionSnapshot, 'history'>) {
      const exit = history.find(
        ({ details }) => details?.name === 'Refresh' && details?.output !== undefined,
      );
      return v.parse(refreshedOutput, JSON.parse(String(exit?.details?.output))).refreshed;
    },
  };
}

/** See {@link hostileWorld}. */
export type HostileWorld = Awaited<ReturnType<typeof hostileWorld>>;
