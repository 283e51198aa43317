import { RedriveExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import type { FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import type { InvocationInterceptor } from '../../sandbox/lambda/invocation-interceptor.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { giveUpRotation } from '../helpers/given-up-rotation.ts';
import { rotationWorld } from '../rotation/rotation-world.ts';

/** What happens to the function that a state runs: `crash` instead of its work, or it goes on with its work. */
type Fate = 'crash' | 'goes on';

/** See {@link recoveryWorld}. */
export type RecoveryWorld = Awaited<ReturnType<typeof recoveryWorld>>;

const taskPayload = v.object({ state: v.string(), execution: v.string() });
const executionInput = v.object({ secretArn: v.string() });

/**
 * The world of whole rotations with time that stands still until the test lets it pass, and with what can happen to a
 * state. Secrets Manager does not try again by itself unless the options say so.
 */
export async function recoveryWorld(options: SandboxOptions = {}) {
  const fates = new Map<string, (executionArn: string) => Promise<Fate>>();
  const meetFate: InvocationInterceptor = async ({ payload, requestId }, next) => {
    const task = v.safeParse(taskPayload, payload);
    const fate = task.success ? await fates.get(task.output.state)?.(task.output.execution) : undefined;
    if (fate !== 'crash') return await next();
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
    // Rotations know nothing of messages and of the hourly watch.
    events: { rules: 'none', ...options.events },
    secretsManager: { retryDelaysMs: [], ...options.secretsManager },
    invocationInterceptors: [...(options.invocationInterceptors ?? []), meetFate],
  });
  const { sandbox, secrets, stepFunctions, inTime } = world;
  const executionArns = new Map<string, string[]>();
  sandbox.stepFunctions.onEvent(({ type, details, executionArn }) => {
    if (type !== 'ExecutionStarted') return;
    const { secretArn } = v.parse(executionInput, JSON.parse(String(details?.input)));
    executionArns.set(secretArn, [...(executionArns.get(secretArn) ?? []), executionArn]);
  });

  const executions = (secretArn: string): ExecutionSnapshot[] =>
    (executionArns.get(secretArn) ?? []).map(arn => sandbox.stepFunctions.execution(arn));

  return {
    ...world,
    /** The executions of a secret, the oldest first. */
    executions,

    /** The last execution of a secret, once all of them are closed. */
    async lastClosed(secretArn: string): Promise<ExecutionSnapshot> {
      const last = await this.lastClosedIfAny(secretArn);
      if (last === undefined) throw new Error(`Secret ${secretArn} has no execution.`);
      return last;
    },

    /** The same, but undefined when there is none. */
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

    /** Rotates, and lets time pass until Secrets Manager has its verdict. */
    async rotated(secretArn: string) {
      const versionId = await world.rotateSecret(secretArn);
      const outcome = await world.outcome(secretArn, versionId);
      return { versionId, outcome, execution: executions(secretArn).at(-1) };
    },

    /** Lets something happen whenever a state runs its function, until {@link RecoveryWorld.serveAll}. */
    whenIn(state: string, happens: (executionArn: string) => Promise<Fate>): void {
      fates.set(state, happens);
    },

    /** The function of a state crashes before it does anything, until {@link RecoveryWorld.serveAll}. */
    crashIn(state: string): void {
      fates.set(state, async () => 'crash');
    },

    /** Takes away whatever stands in the way. */
    serveAll(): void {
      fates.clear();
      sandbox.faults.clear();
    },

    /** Redrives as an operator does, and lets time pass until the execution closes. */
    async redriven({ executionArn }: Pick<ExecutionSnapshot, 'executionArn'>): Promise<ExecutionSnapshot> {
      await stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
      return await inTime(sandbox.stepFunctions.executionClosed(executionArn));
    },

    /** Stops an execution as an operator does. */
    async stop(executionArn: string): Promise<void> {
      await stepFunctions.send(new StopExecutionCommand({ executionArn }));
    },

    /**
     * Gives a rotation up by hand: cancels it, takes AWSPENDING off, and turns the rotation on again, so that the next
     * one has another ClientRequestToken.
     */
    async giveUp(secretArn: string): Promise<void> {
      await giveUpRotation(secrets, secretArn);
      this.enable(secretArn);
    },

    /** Turns the rotation on, without a schedule that comes in between. */
    enable(secretArn: string): void {
      sandbox.secretsManager.enableRotation(secretArn, sandbox.rotationFunctionArn, {
        ScheduleExpression: 'rate(900 days)',
      });
    },

    /** Whether AWSCURRENT holds the refresh token that Genesys Cloud would take, and an access token that works. */
    async currentIsGood({ secretArn }: Pick<FirstCredential, 'secretArn'>): Promise<boolean> {
      const { refreshToken, accessToken } = await world.currentValue(secretArn);
      return [refreshToken, accessToken].every(token => sandbox.genesysCloud.isLive(fingerprintOf(token)));
    },
  };
}
