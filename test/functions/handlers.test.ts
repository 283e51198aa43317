import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
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
import { CLAIM_MARGIN_MS } from '../../functions/promote/promote.ts';
import { DEADLINE_MARGIN_MS, RECORD_RESERVE_MS } from '../../functions/refresh/refresh.ts';
import { TOKEN_TIMEOUT_MS } from '../../functions/shared/genesys/timeouts.ts';
import { pairSeal } from '../../functions/shared/journal/sealed-pair.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { captureMetrics, metricsOf } from '../helpers/capture-metrics.ts';
import {
  EXECUTION_ARN_PREFIX,
  executionDescription,
  STATE_MACHINE_ARN,
} from '../helpers/execution-description.ts';
import { genesysServer, respondWith } from '../helpers/genesys-server.ts';
import {
  CURRENT_FINGERPRINT,
  NEW_FINGERPRINT,
  storedToken,
  tokenItem,
  tokenKey,
} from '../helpers/journal-items.ts';
import { mockLabels } from '../helpers/label-reads.ts';
import { captureLog, rejection } from '../helpers/no-secrets.ts';
import { mockKms, SEAL_KEY_ARN } from '../helpers/seal-keys.ts';
import {
  BASE_VERSION,
  ROTATION_FUNCTION_ARN,
  SECRET_ARN,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';
import { EXECUTION } from '../helpers/task-requests.ts';

const SUBJECT = { secretArn: SECRET_ARN, versionId: VERSION, execution: EXECUTION, state: 'State' };
const CONTEXT = { getRemainingTimeInMillis: () => 30_000 };

type Handler = (event: unknown, context: object) => Promise<unknown>;

/** Loads the function as Lambda does in a fresh execution environment. */
async function loaded(name: string): Promise<Handler> {
  vi.resetModules();
  const { handler } = (await import(`../../functions/${name}/handler.ts`)) as { handler: Handler };
  return handler;
}

describe('handlers', () => {
  const logged = captureLog();
  const metrics = captureMetrics();
  const genesys = genesysServer();
  const secretsMock = mockAws(SecretsManagerClient);
  const stepFunctionsMock = mockAws(SFNClient);
  const kmsMock = mockAws(KMSClient);
  const snsMock = mockAws(SNSClient);
  const dynamoDbMock = mockAws(DynamoDBClient);

  beforeEach(() => {
    for (const mock of [secretsMock, stepFunctionsMock, kmsMock, snsMock, dynamoDbMock]) mock.reset();
    mockKms(kmsMock);
    secretsMock.on(DescribeSecretCommand).resolves(secretDescription());
    secretsMock.on(GetSecretValueCommand).resolves({ VersionId: BASE_VERSION, SecretString: secretValue() });
    dynamoDbMock.on(GetItemCommand).resolves({});
    vi.stubEnv('STATE_MACHINE_ARN', STATE_MACHINE_ARN);
    vi.stubEnv('SEAL_KEY_ARN', SEAL_KEY_ARN);
    vi.stubEnv('JOURNAL_TABLE', 'journal');
    vi.stubEnv('GENESYS_LOGIN_URL', `${genesys.url}/login`);
    vi.stubEnv('GENESYS_API_URL', `${genesys.url}/api`);
    vi.stubEnv('TOPIC_ARN', 'arn:aws:sns:eu-central-1:111122223333:topic');
    vi.stubEnv('FAILURES_TABLE', 'failures');
    vi.stubEnv('ROTATION_FUNCTION_ARN', ROTATION_FUNCTION_ARN);
    vi.stubEnv('SCHEDULE_EXPRESSION', 'rate(8 hours)');
    vi.stubEnv('ROTATION_WINDOW', '1h');
    vi.stubEnv('MAX_GAP_HOURS', '9');
  });

  it.each([
    ['rotation', 'STATE_MACHINE_ARN'],
    ['rotation', 'SEAL_KEY_ARN'],
    ['refresh', 'JOURNAL_TABLE'],
    ['refresh', 'SEAL_KEY_ARN'],
    ['refresh', 'MAX_GAP_HOURS'],
    ['store-pending', 'JOURNAL_TABLE'],
    ['store-pending', 'SEAL_KEY_ARN'],
    ['store-pending', 'MAX_GAP_HOURS'],
    ['promote', 'JOURNAL_TABLE'],
    ['notify', 'TOPIC_ARN'],
    ['notify', 'FAILURES_TABLE'],
    ['notify', 'ROTATION_FUNCTION_ARN'],
    ['overdue-check', 'ROTATION_FUNCTION_ARN'],
    ['overdue-check', 'SCHEDULE_EXPRESSION'],
    ['overdue-check', 'ROTATION_WINDOW'],
    ['overdue-check', 'MAX_GAP_HOURS'],
  ])('%s does not load without %s, and its error names the variable', async (name, variable) => {
    vi.stubEnv(variable, undefined);

    const error = await rejection(loaded(name));

    expect(error.message).toContain(variable);
  });

  it.each(['refresh', 'store-pending'])('%s does not load when MAX_GAP_HOURS is not a number', async name => {
    vi.stubEnv('MAX_GAP_HOURS', 'soon');

    const error = await rejection(loaded(name));

    expect(error.message).toContain('MAX_GAP_HOURS');
  });

  it.each(['refresh', 'verify', 'publish'])(
    '%s does not load when only one gateway URL is set',
    async name => {
      vi.stubEnv('GENESYS_API_URL', undefined);

      const error = await rejection(loaded(name));

      expect(error.message).toContain('GENESYS_API_URL');
    },
  );

  it.each([
    ['refresh', 'GENESYS_LOGIN_URL'],
    ['refresh', 'GENESYS_API_URL'],
    ['verify', 'GENESYS_LOGIN_URL'],
    ['verify', 'GENESYS_API_URL'],
    ['publish', 'GENESYS_API_URL'],
  ])('%s does not load when %s would send secrets in clear text', async (name, variable) => {
    vi.stubEnv(variable, 'http://gateway.example/{host}');

    const error = await rejection(loaded(name));

    expect(error.message).toContain(variable);
  });

  it.each(['rotation', 'fetch', 'refresh', 'store-pending', 'verify', 'promote', 'publish', 'notify'])(
    '%s refuses a malformed event without any call',
    async name => {
      const handler = await loaded(name);

      const error = await rejection(
        handler({ Step: 'none', RotationToken: SENTINELS.rotationToken }, CONTEXT),
      );

      expect(error.name).toBe('InvalidRotationRequest');
      expect([
        ...secretsMock.calls(),
        ...stepFunctionsMock.calls(),
        ...kmsMock.calls(),
        ...dynamoDbMock.calls(),
      ]).toEqual([]);
      expect(genesys.requests).toEqual([]);
    },
  );

  describe('with allSecrets', () => {
    const REFRESH_EVENT = {
      ...SUBJECT,
      replaces: null,
      skipsDeadGrant: false,
      redriveCount: 0,
      enteredAt: '2026-07-01T08:00:00Z',
      retryCount: 0,
    };
    const input = { secretArn: SECRET_ARN, versionId: VERSION, sealedRotationToken: null };
    const EVENTS = [
      [
        'fetch',
        { input: { ...input, purpose: 'rotate' }, execution: EXECUTION, state: 'Fetch', redriveCount: 0 },
      ],
      [
        'fetch',
        {
          input: { ...input, purpose: 'check-configuration' },
          execution: `${EXECUTION}-check`,
          state: 'Fetch',
          redriveCount: 0,
        },
      ],
      ['refresh', REFRESH_EVENT],
      ['verify', { ...SUBJECT, mode: 'check-configuration' }],
      [
        'verify',
        {
          ...SUBJECT,
          mode: 'verify',
          pendingVersionId: VERSION,
          baseVersionId: BASE_VERSION,
          issuedAt: '2026-07-01T08:00:00Z',
        },
      ],
    ] as const;
    // Another kind of credential with the same keys.
    const regions = [undefined, null, '', 'us-east-1', 'eu-central-1', 'example.com'];

    beforeEach(() => {
      vi.stubEnv('HOST_REQUIRED', 'true');
      secretsMock
        .on(DescribeSecretCommand)
        .resolves(secretDescription({ VersionIdsToStages: { [VERSION]: ['AWSPENDING'] } }));
    });

    it.each(EVENTS.flatMap(([name, event]) => regions.map(region => [name, region, event] as const)))(
      '%s sends nothing for a secret whose region is %j',
      async (name, region, event) => {
        secretsMock
          .on(GetSecretValueCommand)
          .resolves({ VersionId: BASE_VERSION, SecretString: secretValue({ region }) });
        const handler = await loaded(name);

        const error = await rejection(handler(event, CONTEXT));

        expect(error.name).toBe('InvalidSecret');
        expect(genesys.requests).toEqual([]);
        expect(dynamoDbMock.calls()).toEqual([]);
      },
    );

    it.each(['mypurecloud.com', ' MyPureCloud.DE '])(
      'refresh exchanges the token of a secret whose region is %j',
      async region => {
        secretsMock
          .on(GetSecretValueCommand)
          .resolves({ VersionId: BASE_VERSION, SecretString: secretValue({ region }) });
        dynamoDbMock.on(PutItemCommand).resolves({});
        dynamoDbMock.on(TransactWriteItemsCommand).resolves({});
        genesys.script(respondWith(200, { access_token: SENTINELS.newAccessToken, expires_in: 300 }));
        const handler = await loaded('refresh');

        await handler(REFRESH_EVENT, CONTEXT);

        expect(genesys.requests).toHaveLength(1);
      },
    );
  });

  it('rotation returns nothing to Secrets Manager', async () => {
    secretsMock
      .on(DescribeSecretCommand)
      .resolves(secretDescription({ VersionIdsToStages: { [VERSION]: ['AWSCURRENT'] } }));
    const handler = await loaded('rotation');

    const result = await handler(
      { Step: 'finishSecret', SecretId: SECRET_ARN, ClientRequestToken: VERSION },
      CONTEXT,
    );

    expect(result).toBeUndefined();
    expect(secretsMock.calls()).toHaveLength(1);
  });

  it('rotation stops waiting within the remaining time', async () => {
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

  it('fetch returns the route', async () => {
    const handler = await loaded('fetch');
    const input = { purpose: 'check-configuration', secretArn: SECRET_ARN, versionId: VERSION };

    const result = await handler(
      {
        input: { ...input, sealedRotationToken: null },
        execution: `${EXECUTION}-check`,
        redriveCount: 0,
        state: 'Fetch',
      },
      CONTEXT,
    );

    expect(result).toEqual({ route: 'checkConfiguration' });
  });

  describe('refresh', () => {
    const EVENT = {
      ...SUBJECT,
      replaces: null,
      skipsDeadGrant: false,
      redriveCount: 0,
      enteredAt: '2026-07-01T08:00:00Z',
      retryCount: 0,
    };

    beforeEach(() => {
      dynamoDbMock.on(PutItemCommand).resolves({});
      dynamoDbMock.on(TransactWriteItemsCommand).resolves({});
    });

    it('calls the gateway of its environment, within the remaining time', async () => {
      const timeout = vi.spyOn(AbortSignal, 'timeout');
      genesys.script(respondWith(200, { access_token: SENTINELS.newAccessToken, expires_in: 300 }));
      const handler = await loaded('refresh');

      const result = await handler(EVENT, {
        getRemainingTimeInMillis: () => TOKEN_TIMEOUT_MS + RECORD_RESERVE_MS,
      });

      expect(result).toMatchObject({
        lineage: CURRENT_FINGERPRINT,
        generation: 1,
        sealedPair: expect.stringMatching(/^v1\./),
      });
      expect(genesys.requests.map(({ path }) => path)).toEqual(['/login/oauth/token']);
      expect(timeout.mock.calls).toEqual([[TOKEN_TIMEOUT_MS]]);
    });

    it('marks and records the exchange in the table of its environment, with a deadline after its own end', async () => {
      genesys.script(respondWith(200, { access_token: SENTINELS.newAccessToken, expires_in: 300 }));
      const handler = await loaded('refresh');
      const startedMs = Date.now();

      await handler(EVENT, { getRemainingTimeInMillis: () => 30_000 });

      const mark = dynamoDbMock.commandCalls(PutItemCommand)[0]?.args[0].input;
      expect(mark?.TableName).toBe('journal');
      const deadlineMs = Date.parse(mark?.Item?.deadline?.S ?? '');
      expect(deadlineMs - startedMs).toBeGreaterThanOrEqual(30_000 + DEADLINE_MARGIN_MS);
      expect(deadlineMs - startedMs).toBeLessThan(35_000 + DEADLINE_MARGIN_MS);
      const [record] = dynamoDbMock.commandCalls(TransactWriteItemsCommand);
      expect(
        record?.args[0].input.TransactItems?.map(({ Put, Update }) => (Put ?? Update)?.TableName),
      ).toEqual(['journal', 'journal']);
    });

    it('compares lifetimes with MAX_GAP_HOURS', async () => {
      vi.stubEnv('MAX_GAP_HOURS', '9');
      genesys.script(respondWith(200, { access_token: SENTINELS.newAccessToken, expires_in: 32_399 }));
      const handler = await loaded('refresh');

      await handler(EVENT, CONTEXT);

      expect(logged().map(({ level, line }) => [level, line])).toMatchObject([
        ['info', {}],
        ['warn', { lifetimeSeconds: 32_399, longestGapSeconds: 32_400 }],
      ]);
    });

    it('describes the execution of an exchange without a result', async () => {
      const other = `${EXECUTION_ARN_PREFIX}other`;
      dynamoDbMock.on(GetItemCommand, { Key: tokenKey(CURRENT_FINGERPRINT) }).resolves({
        Item: storedToken(
          tokenItem({
            status: 'exchanging',
            exchange: {
              id: 'exchange-1',
              attempt: {
                execution: other,
                redriveCount: 0,
                enteredAt: '2026-07-01T00:00:00.000Z',
                retryCount: 0,
              },
              deadline: new Date('2026-07-01T00:00:35Z'),
            },
          }),
        ),
      });
      stepFunctionsMock.on(DescribeExecutionCommand).resolves(executionDescription('FAILED'));
      const handler = await loaded('refresh');

      const error = await rejection(handler(EVENT, CONTEXT));

      expect(error.name).toBe('ExchangeUnsettled');
      expect(stepFunctionsMock.calls().map(call => call.args[0].input)).toEqual([
        { executionArn: other, includedData: 'METADATA_ONLY' },
      ]);
      expect(genesys.requests).toEqual([]);
    });
  });

  describe('store-pending', () => {
    async function event(expiresInMs: number): Promise<object> {
      const key = { kms: new KMSClient(), sealKeyArn: SEAL_KEY_ARN };
      const seal = await pairSeal(key, SECRET_ARN, CURRENT_FINGERPRINT, 1);
      const pair = seal(
        {
          accessToken: SENTINELS.newAccessToken,
          refreshToken: SENTINELS.newRefreshToken,
          expiresAt: new Date(Date.now() + expiresInMs),
        },
        {
          fingerprint: NEW_FINGERPRINT,
          issuedAt: new Date(Date.now() - 86_400_000),
          exchangedFingerprint: CURRENT_FINGERPRINT,
          exchangeId: 'exchange-1',
        },
      );
      const current = { lineage: CURRENT_FINGERPRINT, generation: 0 };
      return { ...SUBJECT, pair: { ...pair, current }, sealedRotationToken: null };
    }

    beforeEach(() => {
      dynamoDbMock.on(TransactWriteItemsCommand).resolves({});
      secretsMock.on(PutSecretValueCommand).resolves({ VersionStages: ['AWSPENDING'] });
    });

    it('records in the table of its environment, and stores', async () => {
      const handler = await loaded('store-pending');

      const result = await handler(await event(9.1 * 3_600_000), CONTEXT);

      expect(result).toEqual({
        pendingVersionId: VERSION,
        baseVersionId: BASE_VERSION,
        lostAlternate: false,
      });
      expect(dynamoDbMock.commandCalls(GetItemCommand)[0]?.args[0].input.TableName).toBe('journal');
    });

    it('compares lifetimes with MAX_GAP_HOURS and the current time', async () => {
      const handler = await loaded('store-pending');

      const error = await rejection(handler(await event(8.9 * 3_600_000), CONTEXT));

      expect(error.name).toBe('AccessTokenExpired');
    });
  });

  describe('verify', () => {
    const EVENT = {
      ...SUBJECT,
      mode: 'verify',
      pendingVersionId: VERSION,
      baseVersionId: BASE_VERSION,
      issuedAt: new Date(Date.now() - 3_600_000).toISOString(),
    };

    it('calls the gateway of its environment, within the remaining time', async () => {
      const timeout = vi.spyOn(AbortSignal, 'timeout');
      genesys.script(respondWith(200, { id: 'user-1' }));
      const handler = await loaded('verify');

      const result = await handler(EVENT, { getRemainingTimeInMillis: () => 1_500 });

      expect(result).toEqual({ userId: 'user-1' });
      expect(genesys.requests.map(({ path }) => path)).toEqual(['/api/api/v2/users/me']);
      const [[timeoutMs = 0] = []] = timeout.mock.calls;
      expect(timeoutMs).toBeGreaterThan(0);
      expect(timeoutMs).toBeLessThan(1_500);
    });

    it('calculates the age of a refused token from the current time', async () => {
      genesys.script(respondWith(401));
      const handler = await loaded('verify');

      const error = await rejection(handler(EVENT, CONTEXT));

      expect(error.name).toBe('AccessTokenExpired');
    });
  });

  describe('publish', () => {
    it('publishes the URL of the gateway', async () => {
      secretsMock.on(PutSecretValueCommand).resolves({ VersionStages: ['AWSCURRENT'] });
      mockLabels(secretsMock, { [VERSION]: ['AWSCURRENT'] });
      const handler = await loaded('publish');

      const result = await handler({ ...SUBJECT, state: 'Publish' }, CONTEXT);

      const { SecretString = '' } = secretsMock.commandCalls(PutSecretValueCommand)[0]?.args[0].input ?? {};
      expect(result).toEqual({ publishedVersionId: VERSION });
      expect(JSON.parse(SecretString)).toMatchObject({ apiUrl: `${genesys.url}/api` });
    });
  });

  describe('promote', () => {
    const EVENT = {
      ...SUBJECT,
      action: 'promote',
      pendingVersionId: VERSION,
      baseVersionId: BASE_VERSION,
      pair: {
        lineage: CURRENT_FINGERPRINT,
        generation: 1,
        current: { lineage: CURRENT_FINGERPRINT, generation: 0 },
      },
      fingerprint: NEW_FINGERPRINT,
      issuedAt: new Date(Date.now() - 3_600_000).toISOString(),
      expiresAt: null,
      redriveCount: 0,
    };

    beforeEach(() => {
      secretsMock.on(UpdateSecretVersionStageCommand).resolves({});
      dynamoDbMock.on(UpdateItemCommand).resolves({});
    });

    it('promotes, and claims the token in the table of its environment until after its own end', async () => {
      const handler = await loaded('promote');
      const startedMs = Date.now();

      const result = await handler(EVENT, { getRemainingTimeInMillis: () => 15_000 });

      expect(result).toEqual({ previousVersionId: BASE_VERSION, currentVersionId: VERSION });
      const claim = dynamoDbMock.commandCalls(UpdateItemCommand)[0]?.args[0].input;
      expect(claim?.TableName).toBe('journal');
      const untilMs = Date.parse(claim?.ExpressionAttributeValues?.[':until']?.S ?? '');
      expect(untilMs - startedMs).toBeGreaterThanOrEqual(15_000 + CLAIM_MARGIN_MS);
      expect(untilMs - startedMs).toBeLessThan(20_000 + CLAIM_MARGIN_MS);
    });

    it('measures the token gap from the current time', async () => {
      const handler = await loaded('promote');

      await handler(EVENT, CONTEXT);

      const { TokenGap } = metricsOf(metrics()[0]);
      expect(Number(TokenGap)).toBeGreaterThanOrEqual(3_600_000);
      expect(Number(TokenGap)).toBeLessThan(3_700_000);
    });

    it('stands down', async () => {
      mockLabels(secretsMock, { [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING'] }, {});
      const handler = await loaded('promote');

      const result = await handler({ ...SUBJECT, action: 'stand-down', redriveCount: 0 }, CONTEXT);

      expect(result).toEqual({ standDownVersionId: VERSION });
      expect(dynamoDbMock.calls()).toEqual([]);
    });

    it.each([
      ['action', 'demote'],
      ['action', undefined],
      ['secretArn', undefined],
      ['versionId', ''],
      ['execution', undefined],
      ['state', undefined],
    ])('refuses a request whose %s is %j', async (key, value) => {
      const handler = await loaded('promote');

      const error = await rejection(handler({ ...EVENT, [key]: value }, CONTEXT));

      expect(error.name).toBe('InvalidRotationRequest');
      expect(error.message).toContain(key);
    });
  });

  it('notify publishes to the topic and writes to the table of its environment', async () => {
    const executionArn = `${EXECUTION_ARN_PREFIX}first`;
    stepFunctionsMock.on(DescribeExecutionCommand).resolves(executionDescription('FAILED'));
    stepFunctionsMock.on(GetExecutionHistoryCommand).resolves({});
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

  it('overdue-check uses the schedule of its environment', async () => {
    const CreatedDate = new Date(Date.now() - 10.5 * 3_600_000);
    secretsMock.on(ListSecretsCommand).resolves({
      SecretList: [{ ARN: SECRET_ARN, CreatedDate, RotationLambdaARN: ROTATION_FUNCTION_ARN }],
    });
    const handler = await loaded('overdue-check');

    const result = await handler({ source: 'aws.events' }, CONTEXT);

    expect(result).toEqual({ credentials: 1, overdue: 1 });
  });
});
