import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { inject } from 'vitest';
import { FUNCTION_NAMES, type FunctionName } from '../../infra/function-list.ts';
import { Clock } from '../../sandbox/clock.ts';
import { createFirstCredential, type FirstCredential } from '../../sandbox/first-credential.ts';
import { authorizeCode } from '../../sandbox/genesys-cloud/browser.ts';
import { statusOfCurrentUser } from '../../sandbox/genesys-cloud/current-user.ts';
import { GenesysCloud } from '../../sandbox/genesys-cloud/genesys-cloud.ts';
import type { InterceptedRequest } from '../../sandbox/genesys-cloud/interceptor.ts';
import { freePort } from '../cli/authorize-world.ts';
import { CLI } from '../helpers/cli-environment.ts';
import type { OnCleanup } from '../helpers/sandbox.ts';
import { MinistackBridge } from './bridge.ts';
import { cdkOn } from './deployed-stack.ts';
import { startMinistack } from './ministack.ts';

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
const STACK = 'genesys-token-rotation';
const ROTATION_FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${STACK}-rotation`;
const STATE_MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${STACK}`;
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

const returnedError = v.pipe(v.string(), v.parseJson(), v.object({ errorType: v.string() }));
const loggedError = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ level: v.literal('ERROR'), message: v.object({ errorType: v.string() }) }),
);

/** See {@link emulatedWorld}. */
export type EmulatedWorld = Awaited<ReturnType<typeof emulatedWorld>>;

/**
 * The stack deployed to ministack, and the sandbox's Genesys Cloud on a real clock.
 *
 * @param onCleanup registers each clean-up as soon as it is needed, so that a failed start is also cleaned up
 */
export async function emulatedWorld(onCleanup: OnCleanup) {
  const directory = await mkdtemp(join(inject('scratchDirectory'), 'interop-'));
  const clock = new Clock();
  onCleanup(async () => clock.stop());
  const genesysCloud = new GenesysCloud({ clock });
  onCleanup(() => genesysCloud.close());
  await genesysCloud.listen();
  const { loginUrl, apiUrl } = genesysCloud.urlsOf('{host}');
  const port = await freePort();
  const bridge = new MinistackBridge(`http://127.0.0.1:${port}`);
  onCleanup(() => bridge.close());
  await bridge.listen();
  const genesys = { GENESYS_LOGIN_URL: loginUrl, GENESYS_API_URL: apiUrl };
  const ministack = await startMinistack(port, { AWS_ENDPOINT_URL: bridge.url, ...genesys }, directory);
  onCleanup(ministack.close);
  const operator = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const cdk = await cdkOn(inject('assemblyDirectory'), join(directory, 'assembly'), {
    AWS_ENDPOINT_URL: ministack.url,
    ...operator,
  });
  const bootstrapOutput = await cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
  const deployOutput = await cdk('deploy', '--require-approval', 'never');

  const clientConfig = { endpoint: bridge.url, region: REGION, credentials: CREDENTIALS };
  const secrets = new SecretsManagerClient(clientConfig);
  const stepFunctions = new SFNClient(clientConfig);
  const lambda = new LambdaClient(clientConfig);
  const dynamoDb = new DynamoDBClient(clientConfig);

  const currentValue = async (secretArn: string): Promise<Record<string, string>> => {
    const { SecretString = '{}' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return JSON.parse(SecretString);
  };
  const put = async (secretArn: string, value: object): Promise<void> => {
    await secrets.send(
      new PutSecretValueCommand({ SecretId: secretArn, SecretString: JSON.stringify(value) }),
    );
  };

  /** The events of all executions, newest execution first. */
  const histories = async (): Promise<HistoryEvent[][]> => {
    const { executions = [] } = await stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn: STATE_MACHINE, maxResults: 1_000 }),
    );
    return await Promise.all(
      executions.map(async ({ executionArn }) => {
        const { events = [] } = await stepFunctions.send(new GetExecutionHistoryCommand({ executionArn }));
        return events;
      }),
    );
  };

  const invoke = async (name: FunctionName, event: object): Promise<InvokeCommandOutput> =>
    await lambda.send(
      new InvokeCommand({
        FunctionName: `${STACK}-${name}`,
        Payload: JSON.stringify(event),
        LogType: 'Tail',
      }),
    );

  return {
    genesysCloud,
    bridge,
    bootstrapOutput,
    deployOutput,
    destroy: () => cdk('destroy', '--force'),
    currentValue,
    put,

    /** Logs a user in, stores the tokens, and enables rotation, which makes Secrets Manager test the configuration. */
    async credential(secretName: string): Promise<FirstCredential> {
      const credential = await createFirstCredential(
        {
          genesysCloud,
          clientConfig: { ...clientConfig, credentials: { ...CREDENTIALS, sessionToken: '' } },
        },
        { secretName },
      );
      await secrets.send(
        new RotateSecretCommand({
          SecretId: credential.secretArn,
          RotationLambdaARN: ROTATION_FUNCTION,
          RotationRules: { ScheduleExpression: 'rate(8 hours)', Duration: '1h' },
          RotateImmediately: false,
        }),
      );
      const failure = await bridge.failure(credential.secretArn);
      if (failure !== undefined)
        throw new Error(`The configuration test of ${secretName} failed: ${failure}.`);
      return credential;
    },

    /** Rotates, waits until Secrets Manager's attempt has ended, and returns the type of its error. */
    async rotate({ secretArn }: FirstCredential): Promise<string | undefined> {
      await secrets.send(new RotateSecretCommand({ SecretId: secretArn }));
      return await bridge.failure(secretArn);
    },

    /** Logs the same user in again. */
    async logIn(credential: FirstCredential): Promise<Record<'accessToken' | 'refreshToken', string>> {
      const { accessToken, refreshToken = '' } = await authorizeCode({
        loginUrl: genesysCloud.loginUrl,
        ...credential,
      });
      return { accessToken, refreshToken };
    },

    /** Runs an action before an endpoint's next response to a client. */
    beforeNextResponse(
      endpoint: InterceptedRequest['endpoint'],
      clientId: string,
      action: () => Promise<void>,
    ): void {
      const remove = genesysCloud.intercept(async (request, next) => {
        if (request.endpoint === endpoint && request.clientId === clientId) {
          remove();
          await action();
        }
        return await next();
      });
    },

    /** The HTTP status that a consumer of the secret gets from Genesys Cloud. */
    async consumerStatus({ secretArn }: FirstCredential): Promise<number> {
      const { accessToken = '' } = await currentValue(secretArn);
      return await statusOfCurrentUser(genesysCloud, accessToken);
    },

    async labels({ secretArn }: FirstCredential): Promise<string[]> {
      const { VersionIdsToStages = {} } = await secrets.send(
        new DescribeSecretCommand({ SecretId: secretArn }),
      );
      return Object.values(VersionIdsToStages).flat().sort();
    },

    /** The states that each execution of a credential entered, and the error that it failed with, oldest first. */
    async executionsOf({ secretArn }: FirstCredential): Promise<string[][]> {
      const runs: string[][] = [];
      for (const events of (await histories()).toReversed()) {
        if (!events[0]?.executionStartedEventDetails?.input?.includes(secretArn)) continue;
        runs.push(
          events.flatMap(
            ({ stateEnteredEventDetails: entered, executionFailedEventDetails: failed }) =>
              entered?.name ?? failed?.error ?? [],
          ),
        );
      }
      return runs;
    },

    async invoke(name: FunctionName, event: object): Promise<unknown> {
      const { Payload = [] } = await invoke(name, event);
      return JSON.parse(Buffer.from(Payload).toString());
    },

    /** Invokes a function, and returns the type of its error as returned to the caller and as logged. */
    async errorOf(name: FunctionName, event: object): Promise<{ returned: string; logged: string[] }> {
      const { Payload = [], LogResult = '' } = await invoke(name, event);
      const lines = Buffer.from(LogResult, 'base64').toString().split('\n');
      return {
        returned: v.parse(returnedError, Buffer.from(Payload).toString()).errorType,
        logged: lines.flatMap(line => {
          const entry = v.safeParse(loggedError, line);
          return entry.success ? entry.output.message.errorType : [];
        }),
      };
    },

    /** The contents of executions, function logs and the journal. */
    async written(): Promise<{ executions: string; logs: string; journal: string }> {
      // The project has no CloudWatch Logs client. ministack does not check signatures.
      const logs = FUNCTION_NAMES.map(async name => {
        const response = await fetch(bridge.url, {
          method: 'POST',
          headers: {
            'content-type': 'application/x-amz-json-1.1',
            'x-amz-target': 'Logs_20140328.FilterLogEvents',
          },
          body: JSON.stringify({ logGroupName: `/aws/lambda/${STACK}-${name}` }),
        });
        return await response.text();
      });
      const { TableNames = [] } = await dynamoDb.send(new ListTablesCommand());
      const tables = TableNames.map(TableName => dynamoDb.send(new ScanCommand({ TableName })));
      return {
        executions: JSON.stringify(await histories()),
        logs: (await Promise.all(logs)).join('\n'),
        journal: JSON.stringify(await Promise.all(tables)),
      };
    },

    /** Runs the `genesys-token-rotation` program in its own process. */
    async cli(...args: readonly string[]): Promise<{ exitCode: number; result: unknown; stderr: string }> {
      const env = { PATH: process.env.PATH ?? '', AWS_ENDPOINT_URL: bridge.url, ...operator, ...genesys };
      return await new Promise(resolve => {
        const child = execFile(
          process.execPath,
          [CLI, ...args, '--json'],
          { env },
          (_error, stdout, stderr) =>
            resolve({
              exitCode: child.exitCode ?? -1,
              result: stdout === '' ? undefined : JSON.parse(stdout),
              stderr,
            }),
        );
      });
    },
  };
}
