import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { ListExecutionsCommand, RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { advanceUntilSettled } from '../../bench/advance-until-settled.ts';
import type { FunctionName } from '../../infra/function-list.ts';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import { authorizeCode } from '../../sandbox/genesys-cloud/browser.ts';
import { statusOfCurrentUser } from '../../sandbox/genesys-cloud/current-user.ts';
import type { GenesysResponse } from '../../sandbox/genesys-cloud/exchange.ts';
import type { InvocationInterceptor } from '../../sandbox/lambda/invocation-interceptor.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { type OnCleanup, startSandbox } from '../helpers/sandbox.ts';
import { functionError } from './execution-outcome.ts';

/** The value of a credential's secret: its tokens and any other keys. */
const secretValue = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ accessToken: v.string(), refreshToken: v.string() }),
);

/** The result of one call of the rotation function. */
export type StepResult = 'succeeded' | { readonly error: string; readonly message: string };

/** The four calls of a rotation, and one that does not exist. */
type Step = 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret' | 'dropSecret';

/** See {@link rotationWorld}. */
export type RotationWorld = Awaited<ReturnType<typeof rotationWorld>>;

/** Longer than any rotation takes. */
const LIMIT_SECONDS = 400;

/**
 * A sandbox for complete rotations, with an operator's actions, which use the AWS SDK. By default it ends with the test,
 * and its clock advances only while the test waits for something.
 */
export async function rotationWorld(options: SandboxOptions = {}, onCleanup?: OnCleanup) {
  const hooks = new Map<string, () => Promise<unknown>>();
  const runHooks: InvocationInterceptor = async ({ functionName }, next) => {
    const hook = hooks.get(functionName);
    hooks.delete(functionName);
    await hook?.();
    return await next();
  };
  const test = await startSandbox(
    {
      virtualTime: true,
      ...options,
      invocationInterceptors: [...(options.invocationInterceptors ?? []), runHooks],
    },
    onCleanup,
  );
  const { sandbox, secrets, stepFunctions } = test;
  const lambda = new LambdaClient(sandbox.clientConfig);
  const prefix = sandbox.stateMachineArn.split(':').at(-1);

  const startedExecutions = new Map<string, PromiseWithResolvers<string>>();
  const startedExecution = (versionId: string): PromiseWithResolvers<string> => {
    const known = startedExecutions.get(versionId) ?? Promise.withResolvers<string>();
    startedExecutions.set(versionId, known);
    return known;
  };
  sandbox.stepFunctions.onEvent(({ type, details, executionArn }) => {
    // In real time, skips the delays of the workflow's retries.
    if (type === 'TaskFailed' && !sandbox.clock.isVirtual) setImmediate(() => sandbox.clock.advance(1_000));
    if (type !== 'ExecutionStarted') return;
    const input = v.safeParse(v.object({ versionId: v.string() }), JSON.parse(String(details?.input)));
    if (input.success) startedExecution(input.output.versionId).resolve(executionArn);
  });

  /** Advances the clock until a promise settles. */
  function inTime<Result>(promise: Promise<Result>): Promise<Result> {
    return sandbox.clock.isVirtual ? advanceUntilSettled(sandbox, promise, LIMIT_SECONDS) : promise;
  }

  /** Starts a rotation or a configuration test, and returns the id of the pending version. */
  async function rotateSecret(secretArn: string, { immediately = true } = {}): Promise<string> {
    const { VersionId = '' } = await secrets.send(
      new RotateSecretCommand({
        SecretId: secretArn,
        RotationLambdaARN: sandbox.rotationFunctionArn,
        ...(immediately ? {} : { RotateImmediately: false }),
      }),
    );
    return VersionId;
  }

  async function currentValue(secretArn: string) {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return v.parse(secretValue, SecretString);
  }

  async function put(secretArn: string, value: object): Promise<string> {
    const { VersionId = '' } = await secrets.send(
      new PutSecretValueCommand({ SecretId: secretArn, SecretString: JSON.stringify(value) }),
    );
    return VersionId;
  }

  return {
    ...test,
    inTime,
    rotateSecret,
    currentValue,

    /** The outcome of the current attempt at a rotation for Secrets Manager. */
    outcome: (secretArn: string, versionId: string) =>
      inTime(sandbox.secretsManager.rotationOutcome(secretArn, versionId)),

    /** Rotates, and waits until the attempt is over for Secrets Manager. */
    async rotate(secretArn: string) {
      const versionId = await rotateSecret(secretArn);
      const outcome = await inTime(sandbox.secretsManager.rotationOutcome(secretArn, versionId));
      return { versionId, outcome, execution: await execution(versionId) };
    },

    /** Starts a rotation and waits for its execution only. The rotation function may still be polling. */
    async rotateUntilClosed(secretArn: string) {
      const versionId = await rotateSecret(secretArn);
      return { versionId, execution: await execution(versionId) };
    },

    execution,

    /** Resolves once the execution of a rotation has started. */
    started: (versionId: string): Promise<string> => inTime(startedExecution(versionId).promise),

    /** The executions of the state machine. */
    async executionNames(): Promise<string[]> {
      const { executions = [] } = await stepFunctions.send(
        new ListExecutionsCommand({ stateMachineArn: sandbox.stateMachineArn }),
      );
      return executions.map(({ name = '' }) => name);
    },

    /** Redrives an execution as an operator does, and waits until it closes. */
    async redrive({ executionArn }: ExecutionSnapshot): Promise<ExecutionSnapshot> {
      await stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
      return await inTime(sandbox.stepFunctions.executionClosed(executionArn));
    },

    /** The labelled versions. */
    async labels(secretArn: string): Promise<Record<string, string[]>> {
      const { VersionIdsToStages = {} } = await secrets.send(
        new DescribeSecretCommand({ SecretId: secretArn }),
      );
      return VersionIdsToStages;
    },

    /** Changes some keys of AWSCURRENT, as an operator does in the console. */
    async editSecret(secretArn: string, changes: object): Promise<string> {
      return put(secretArn, { ...(await currentValue(secretArn)), ...changes });
    },

    /** Stores a value, which becomes AWSCURRENT. */
    put,

    /** Logs in again and stores the new tokens, which become AWSCURRENT. */
    async authorizeAgain(credential: FirstCredential): Promise<{ versionId: string; accessToken: string }> {
      const { secretArn, ...login } = credential;
      const tokens = await authorizeCode({ loginUrl: sandbox.genesysCloud.loginUrl, ...login });
      const { accessToken, refreshToken } = tokens;
      const { clientId, clientSecret } = credential;
      const versionId = await put(secretArn, { clientId, clientSecret, accessToken, refreshToken });
      return { versionId, accessToken };
    },

    /** Calls the rotation function as Secrets Manager does, but without a RotationToken. */
    async invokeStep(step: Step, secretArn: string, versionId: string): Promise<StepResult> {
      const command = new InvokeCommand({
        FunctionName: sandbox.rotationFunctionArn,
        Payload: JSON.stringify({ Step: step, SecretId: secretArn, ClientRequestToken: versionId }),
      });
      const { FunctionError, Payload } = await inTime(lambda.send(command));
      if (FunctionError === undefined) return 'succeeded';
      const { errorType, errorMessage } = v.parse(
        functionError,
        JSON.parse(Buffer.from(Payload ?? []).toString()),
      );
      return { error: errorType, message: errorMessage };
    },

    /** Revokes all tokens of the users who logged in with a client. */
    revokeUserOf(clientId: string): void {
      for (const { userId } of sandbox.genesysCloud.lineages(clientId)) {
        if (userId !== undefined) sandbox.genesysCloud.revokeUser(userId);
      }
    },

    /** Runs an action right before the next invocation of a function, once. */
    before(name: FunctionName, action: () => Promise<unknown>): void {
      hooks.set(`${prefix}-${name}`, action);
    },

    /** The status of `users/me` with an access token. */
    statusOfCurrentUser: (accessToken: string): Promise<number> =>
      statusOfCurrentUser(sandbox.genesysCloud, accessToken),

    /** Replaces the response of the token endpoint to every refresh, until the returned function is called. */
    refreshesRespondWith: (response: GenesysResponse) =>
      sandbox.genesysCloud.intercept(async ({ grantType }, next) =>
        grantType === 'refresh_token' ? response : await next(),
      ),

    /** Replaces the response of `users/me`, until the returned function is called. */
    usersRespondWith: (response: GenesysResponse) =>
      sandbox.genesysCloud.intercept(async ({ endpoint }, next) =>
        endpoint === 'users/me' ? response : await next(),
      ),
  };

  /** The rotation's execution, once it is closed. */
  async function execution(versionId: string): Promise<ExecutionSnapshot> {
    const executionArn = await inTime(startedExecution(versionId).promise);
    return await inTime(sandbox.stepFunctions.executionClosed(executionArn));
  }
}
