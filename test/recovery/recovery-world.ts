import { PutSecretValueCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { RedriveExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import type { InvocationInterceptor } from '../../sandbox/lambda/invocation-interceptor.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { abandonRotation } from '../helpers/abandoned-rotation.ts';
import { rotationWorld } from '../rotation/rotation-world.ts';

/** The behaviour of a state's function: it crashes before it does anything, or it runs. */
type TaskBehaviour = 'crash' | 'runs';

/** See {@link recoveryWorld}. */
export type RecoveryWorld = Awaited<ReturnType<typeof recoveryWorld>>;

const taskPayload = v.object({ state: v.string(), execution: v.string() });
const executionInput = v.object({ secretArn: v.string() });

/**
 * A rotation world with failures in any state and people who change the secret. Secrets Manager does not retry unless
 * the options say so.
 */
export async function recoveryWorld(options: SandboxOptions = {}) {
  const behaviours = new Map<string, (executionArn: string) => Promise<TaskBehaviour>>();
  const applyBehaviour: InvocationInterceptor = async ({ payload, requestId }, next) => {
    const task = v.safeParse(taskPayload, payload);
    const behaviour = task.success
      ? await behaviours.get(task.output.state)?.(task.output.execution)
      : undefined;
    if (behaviour !== 'crash') return await next();
    const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: exit status 1`;
    return {
      payload: { errorType: 'Runtime.ExitError', errorMessage },
      functionError: 'Unhandled',
      requestId,
    };
  };
  const world = await rotationWorld({
    seed: 1,
    ...options,
    // Notifications and the hourly overdue check have their own tests.
    events: { rules: 'none', ...options.events },
    secretsManager: { retryDelaysMs: [], ...options.secretsManager },
    invocationInterceptors: [...(options.invocationInterceptors ?? []), applyBehaviour],
  });
  const { sandbox, secrets, stepFunctions, inTime } = world;
  async function versionWith(secretArn: string, label: string): Promise<string | undefined> {
    const labels = await world.labels(secretArn);
    return Object.entries(labels).find(([, stages]) => stages.includes(label))?.[0];
  }

  async function moveLabel(label: string, secretArn: string, versionId: string): Promise<void> {
    const fromId = await versionWith(secretArn, label);
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretArn,
        VersionStage: label,
        MoveToVersionId: versionId,
        RemoveFromVersionId: fromId,
      }),
    );
  }

  const executions = (secretArn: string): ExecutionSnapshot[] =>
    sandbox.stepFunctions.executions(sandbox.stateMachineArn).filter(({ input }) => {
      const parsed = v.safeParse(executionInput, JSON.parse(input));
      return parsed.success && parsed.output.secretArn === secretArn;
    });

  return {
    ...world,
    /** The executions of a secret, the oldest first. */
    executions,

    /** The id of the version with a label. */
    versionWith,

    /** Moves AWSCURRENT to a version. */
    moveCurrent: (secretArn: string, versionId: string) => moveLabel('AWSCURRENT', secretArn, versionId),

    /** Moves AWSPENDING to a version. */
    movePending: (secretArn: string, versionId: string) => moveLabel('AWSPENDING', secretArn, versionId),

    /** Moves AWSCURRENT back to the version with AWSPREVIOUS. */
    async rollBack(secretArn: string): Promise<void> {
      await moveLabel('AWSCURRENT', secretArn, (await versionWith(secretArn, 'AWSPREVIOUS')) ?? '');
    },

    /** Stores a value under a label other than AWSCURRENT, and returns the version's id. */
    async stage(secretArn: string, value: object, label: string): Promise<string> {
      const { VersionId = '' } = await secrets.send(
        new PutSecretValueCommand({
          SecretId: secretArn,
          SecretString: JSON.stringify(value),
          VersionStages: [label],
        }),
      );
      return VersionId;
    },

    /** The last execution of a secret, once all of them are closed. */
    async lastClosed(secretArn: string): Promise<ExecutionSnapshot> {
      const last = await this.lastClosedIfAny(secretArn);
      if (last === undefined) throw new Error(`Secret ${secretArn} has no execution.`);
      return last;
    },

    /** The last execution of a secret, once all of them are closed; undefined when there is none. */
    async lastClosedIfAny(secretArn: string): Promise<ExecutionSnapshot | undefined> {
      await inTime(
        Promise.all(
          executions(secretArn).map(({ executionArn }) =>
            sandbox.stepFunctions.executionClosed(executionArn),
          ),
        ),
      );
      return executions(secretArn).at(-1);
    },

    /** Rotates, and advances the clock until the attempt is over for Secrets Manager. */
    async rotated(secretArn: string) {
      const versionId = await world.rotateSecret(secretArn);
      const outcome = await world.outcome(secretArn, versionId);
      return { versionId, outcome, execution: executions(secretArn).at(-1) };
    },

    /** Runs an action whenever a state invokes its function, until {@link RecoveryWorld.clearFaults}. */
    whenIn(state: string, action: (executionArn: string) => Promise<TaskBehaviour>): void {
      behaviours.set(state, action);
    },

    /** Crashes the function of a state before it does anything, until {@link RecoveryWorld.clearFaults}. */
    crashIn(state: string): void {
      behaviours.set(state, async () => 'crash');
    },

    /** Removes all crashes and faults. */
    clearFaults(): void {
      behaviours.clear();
      sandbox.faults.clear();
    },

    /** Redrives as an operator does, and advances the clock until the execution closes. */
    async redriven({ executionArn }: Pick<ExecutionSnapshot, 'executionArn'>): Promise<ExecutionSnapshot> {
      await stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
      return await inTime(sandbox.stepFunctions.executionClosed(executionArn));
    },

    /** Stops an execution as an operator does. */
    async stop(executionArn: string): Promise<void> {
      await stepFunctions.send(new StopExecutionCommand({ executionArn }));
    },

    /** Cancels a rotation, removes AWSPENDING, and enables rotation: the next one has another ClientRequestToken. */
    async giveUp(secretArn: string): Promise<void> {
      await abandonRotation(secrets, secretArn);
      this.enable(secretArn);
    },

    /** Enables rotation with a schedule that is never due in a test. */
    enable(secretArn: string): void {
      sandbox.secretsManager.enableRotation(secretArn, sandbox.rotationFunctionArn, {
        ScheduleExpression: 'rate(900 days)',
      });
    },

    /** Whether AWSCURRENT holds a refresh token that Genesys Cloud accepts, and an access token that works. */
    async currentWorks({ secretArn }: Pick<FirstCredential, 'secretArn'>): Promise<boolean> {
      const { refreshToken, accessToken } = await world.currentValue(secretArn);
      return [refreshToken, accessToken].every(token => sandbox.genesysCloud.isLive(fingerprintOf(token)));
    },
  };
}
