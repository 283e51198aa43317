import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { newSeal } from '../../functions/shared/sealed-blob.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import {
  EXECUTION_ARN_PREFIX,
  executionDescription,
  STATE_MACHINE_ARN,
} from '../helpers/execution-description.ts';
import { answer, genesysServer } from '../helpers/genesys-server.ts';
import { rejection, watchedLog } from '../helpers/no-secrets.ts';
import { playKms, SEAL_KEY_ARN } from '../helpers/seal-keys.ts';
import {
  BASE_VERSION,
  ROTATION_FUNCTION_ARN,
  SECRET_ARN,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';
import { metricsOf, writtenMetrics } from '../helpers/written-metrics.ts';

const SUBJECT = { secretArn: SECRET_ARN, versionId: VERSION, execution: 'arn:execution', state: 'State' };
const CONTEXT = { getRemainingTimeInMillis: () => 6_900 };

type Handler = (event: unknown, context: object) => Promise<unknown>;

/** Loads the function anew, as Lambda does in a fresh execution environment. */
async function loaded(name: string): Promise<Handler> {
  vi.resetModules();
  const { handler } = (await import(`../../functions/${name}/handler.ts`)) as { handler: Handler };
  return handler;
}

describe('handlers', () => {
  const logged = watchedLog();
  const metrics = writtenMetrics();
  const genesys = genesysServer();
  const secretsMock = mockAws(SecretsManagerClient);
  const stepFunctionsMock = mockAws(SFNClient);
  const kmsMock = mockAws(KMSClient);
  const snsMock = mockAws(SNSClient);
  const dynamoDbMock = mockAws(DynamoDBClient);

  beforeEach(() => {
    for (const mock of [secretsMock, stepFunctionsMock, kmsMock, snsMock, dynamoDbMock]) mock.reset();
    playKms(kmsMock);
    secretsMock.on(DescribeSecretCommand).resolves(secretDescription());
    secretsMock.on(GetSecretValueCommand).resolves({ VersionId: BASE_VERSION, SecretString: secretValue() });
    secretsMock.on(ListSecretVersionIdsCommand).resolves({});
    vi.stubEnv('STATE_MACHINE_ARN', STATE_MACHINE_ARN);
    vi.stubEnv('SEAL_KEY_ARN', SEAL_KEY_ARN);
    vi.stubEnv('GENESYS_LOGIN_URL', `${genesys.url}/login`);
    vi.stubEnv('GENESYS_API_URL', `${genesys.url}/api`);
    vi.stubEnv('TOPIC_ARN', 'arn:aws:sns:eu-central-1:111122223333:topic');
    vi.stubEnv('FAILURES_TABLE', 'failures');
    vi.stubEnv('ROTATION_FUNCTION_ARN', ROTATION_FUNCTION_ARN);
    vi.stubEnv('SCHEDULE_EXPRESSION', 'rate(8 hours)');
    vi.stubEnv('ROTATION_WINDOW', '1h');
    vi.stubEnv('LONGEST_GAP_HOURS', '9');
  });

  it.each([
    ['rotation', 'STATE_MACHINE_ARN'],
    ['rotation', 'SEAL_KEY_ARN'],
    ['refresh', 'SEAL_KEY_ARN'],
    ['store-pending', 'SEAL_KEY_ARN'],
    ['notify', 'TOPIC_ARN'],
    ['notify', 'FAILURES_TABLE'],
    ['notify', 'ROTATION_FUNCTION_ARN'],
    ['watch', 'ROTATION_FUNCTION_ARN'],
    ['watch', 'SCHEDULE_EXPRESSION'],
    ['watch', 'ROTATION_WINDOW'],
    ['watch', 'LONGEST_GAP_HOURS'],
  ])('%s does not load without %s, and says so', async (name, variable) => {
    vi.stubEnv(variable, undefined);

    const error = await rejection(loaded(name));

    expect(error.message).toContain(variable);
  });

  it.each(['refresh', 'verify'])('%s does not load with half a gateway', async name => {
    vi.stubEnv('GENESYS_API_URL', undefined);

    const error = await rejection(loaded(name));

    expect(error.message).toContain('GENESYS_API_URL');
  });

  it.each(['rotation', 'fetch', 'refresh', 'store-pending', 'verify', 'promote', 'notify'])(
    '%s refuses an event that it does not understand, and calls nobody',
    async name => {
      const handler = await loaded(name);

      const error = await rejection(
        handler({ Step: 'none', RotationToken: SENTINELS.rotationToken }, CONTEXT),
      );

      expect(error.name).toBe('InvalidRotationRequest');
      expect([...secretsMock.calls(), ...stepFunctionsMock.calls(), ...kmsMock.calls()]).toEqual([]);
      expect(genesys.requests).toEqual([]);
    },
  );

  it('rotation answers the event of Secrets Manager', async () => {
    secretsMock
      .on(DescribeSecretCommand)
      .resolves(secretDescription({ VersionIdsToStages: { [VERSION]: ['AWSCURRENT'] } }));
    const handler = await loaded('rotation');

    const answered = await handler(
      { Step: 'finishSecret', SecretId: SECRET_ARN, ClientRequestToken: VERSION },
      CONTEXT,
    );

    expect(answered).toBeUndefined();
    expect(secretsMock.calls()).toHaveLength(1);
  });

  it('rotation gives up waiting in the time that Lambda leaves it', async () => {
    stepFunctionsMock.on(StartExecutionCommand).resolves({});
    stepFunctionsMock.on(DescribeExecutionCommand).resolves(executionDescription('RUNNING'));
    const handler = await loaded('rotation');

    const error = await rejection(
      handler(
        {
          Step: 'createSecret',
          SecretId: SECRET_ARN,
          ClientRequestToken: VERSION,
          RotationToken: SENTINELS.rotationToken,
        },
        { getRemainingTimeInMillis: () => 2_000 },
      ),
    );

    expect(error.name).toBe('RotationStillRunning');
    expect(kmsMock.commandCalls(GenerateDataKeyCommand)[0]?.args[0].input.KeyId).toBe(SEAL_KEY_ARN);
    expect(stepFunctionsMock.commandCalls(StartExecutionCommand)[0]?.args[0].input.stateMachineArn).toBe(
      STATE_MACHINE_ARN,
    );
  });

  it('fetch routes', async () => {
    const handler = await loaded('fetch');
    const input = { purpose: 'check-configuration', secretArn: SECRET_ARN, versionId: VERSION };

    const result = await handler(
      {
        input: { ...input, sealedRotationToken: null, recovered: null },
        execution: 'arn:execution',
        state: 'Fetch',
      },
      CONTEXT,
    );

    expect(result).toMatchObject({ route: 'checkConfiguration', baseVersionId: BASE_VERSION });
  });

  it('refresh calls the gateway of its environment, within the time that Lambda leaves it', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    genesys.script(answer(200, { access_token: SENTINELS.newAccessToken, expires_in: 300 }));
    const handler = await loaded('refresh');

    const result = await handler(
      { ...SUBJECT, source: 'current', retryCount: 0, redriveCount: 0 },
      { getRemainingTimeInMillis: () => 4_300 },
    );

    expect(result).toMatchObject({
      baseVersionId: BASE_VERSION,
      sealedValue: expect.stringMatching(/^v1\./),
    });
    expect(genesys.requests.map(({ path }) => path)).toEqual(['/login/oauth/token']);
    expect(timeout.mock.calls).toEqual([[4_000]]);
  });

  it.each([
    ['9', ['info', 'warn']],
    [undefined, ['info']],
    ['soon', ['info']],
  ])('refresh warns of short lives when LONGEST_GAP_HOURS is %j: %j', async (hours, levels) => {
    vi.stubEnv('LONGEST_GAP_HOURS', hours);
    genesys.script(answer(200, { access_token: SENTINELS.newAccessToken, expires_in: 300 }));
    const handler = await loaded('refresh');

    await handler({ ...SUBJECT, source: 'current', retryCount: 0, redriveCount: 0 }, CONTEXT);

    expect(logged().map(({ level }) => level)).toEqual(levels);
  });

  it('store-pending stores', async () => {
    secretsMock.on(PutSecretValueCommand).resolves({});
    const context = { secretArn: SECRET_ARN, versionId: VERSION, holds: 'secret-value' } as const;
    const seal = await newSeal(new KMSClient(), SEAL_KEY_ARN, context);
    const handler = await loaded('store-pending');

    const result = await handler(
      {
        ...SUBJECT,
        baseVersionId: BASE_VERSION,
        sealedValue: seal.seal(secretValue()),
        sealedVersionId: VERSION,
        sealedRotationToken: null,
      },
      CONTEXT,
    );

    expect(result).toEqual({ pendingVersionId: VERSION, baseVersionId: BASE_VERSION });
  });

  it('verify calls the gateway of its environment, within the time that Lambda leaves it', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    genesys.script(answer(200, { id: 'user-1' }));
    const handler = await loaded('verify');

    const result = await handler(
      { ...SUBJECT, mode: 'verify', pendingVersionId: VERSION, refreshedAt: null },
      { getRemainingTimeInMillis: () => 1_500 },
    );

    expect(result).toEqual({ userId: 'user-1', refreshedAt: null });
    expect(genesys.requests.map(({ path }) => path)).toEqual(['/api/api/v2/users/me']);
    expect(timeout.mock.calls).toEqual([[1_200]]);
  });

  it('verify knows the time of day', async () => {
    genesys.script(answer(401));
    const handler = await loaded('verify');
    const refreshedAt = new Date(Date.now() - 3_600_000).toISOString();

    const error = await rejection(
      handler({ ...SUBJECT, mode: 'verify', pendingVersionId: VERSION, refreshedAt }, CONTEXT),
    );

    expect(error.name).toBe('AccessTokenOutdated');
  });

  it('promote promotes', async () => {
    secretsMock.on(UpdateSecretVersionStageCommand).resolves({});
    const handler = await loaded('promote');

    const result = await handler(
      { ...SUBJECT, action: 'promote', pendingVersionId: VERSION, baseVersionId: BASE_VERSION },
      CONTEXT,
    );

    expect(result).toEqual({ previousVersionId: BASE_VERSION, currentVersionId: VERSION });
  });

  it('promote stands down', async () => {
    secretsMock.on(UpdateSecretVersionStageCommand).resolves({});
    const handler = await loaded('promote');

    const result = await handler({ ...SUBJECT, action: 'stand-down' }, CONTEXT);

    expect(result).toEqual({ standDownVersionId: VERSION });
  });

  it('promote knows the time of day', async () => {
    secretsMock.on(UpdateSecretVersionStageCommand).resolves({});
    const handler = await loaded('promote');
    const refreshedAt = new Date(Date.now() - 3_600_000).toISOString();

    await handler(
      { ...SUBJECT, action: 'promote', pendingVersionId: VERSION, baseVersionId: BASE_VERSION, refreshedAt },
      CONTEXT,
    );

    const { TokenGap } = metricsOf(metrics()[0]);
    expect(Number(TokenGap)).toBeGreaterThanOrEqual(3_600_000);
    expect(Number(TokenGap)).toBeLessThan(3_700_000);
  });

  it('notify publishes to the topic and remembers it in the table of its environment', async () => {
    const executionArn = `${EXECUTION_ARN_PREFIX}first`;
    stepFunctionsMock.on(DescribeExecutionCommand).resolves(executionDescription('FAILED'));
    stepFunctionsMock.on(GetExecutionHistoryCommand).resolves({});
    dynamoDbMock.on(GetItemCommand).resolves({});
    vi.stubEnv('RUNBOOK_URL', 'https://wiki.example/runbook');
    const handler = await loaded('notify');

    await handler(
      {
        source: 'aws.states',
        'detail-type': 'Step Functions Execution Status Change',
        detail: { executionArn, status: 'FAILED' },
      },
      CONTEXT,
    );

    expect(snsMock.commandCalls(PublishCommand)[0]?.args[0].input).toMatchObject({
      TopicArn: 'arn:aws:sns:eu-central-1:111122223333:topic',
      Message: expect.stringContaining('https://wiki.example/runbook#'),
    });
    expect(dynamoDbMock.commandCalls(PutItemCommand)[0]?.args[0].input.TableName).toBe('failures');
  });

  it('watch counts by the schedule of its environment', async () => {
    const CreatedDate = new Date(Date.now() - 10.5 * 3_600_000);
    secretsMock.on(ListSecretsCommand).resolves({
      SecretList: [{ ARN: SECRET_ARN, CreatedDate, RotationLambdaARN: ROTATION_FUNCTION_ARN }],
    });
    const handler = await loaded('watch');

    const result = await handler({ source: 'aws.events' }, CONTEXT);

    expect(result).toEqual({ credentials: 1, overdue: 1 });
  });
});
