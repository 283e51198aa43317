import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_REDRIVE_WAIT_MS, rotate } from '../../cli/rotate/rotate.ts';
import { MAX_START_MS } from '../../cli/shared/wait-for-execution.ts';
import { type Time, waitContext } from '../../cli/shared/waiting.ts';
import { executionName } from '../../functions/shared/executions/execution-name.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { cliContext } from '../helpers/cli-context.ts';
import { EXECUTION_ARN_PREFIX, executionDescription } from '../helpers/execution-description.ts';
import {
  ROTATION_FUNCTION_ARN,
  SECRET_ARN,
  SECRET_NAME,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';

const FIRST = `${EXECUTION_ARN_PREFIX}${executionName({ secretArn: SECRET_ARN, secretName: SECRET_NAME, clientRequestToken: VERSION })}`;
const OWNER = `${EXECUTION_ARN_PREFIX}owner`;

const secrets = mockAws(SecretsManagerClient);
const stepFunctions = mockAws(SFNClient);
let nowMs = 0;

/** A clock that advances whenever the program sleeps. */
const time: Time = {
  nowMs: () => nowMs,
  sleep: async ms => {
    nowMs += ms;
  },
};

beforeEach(() => {
  nowMs = 0;
  secrets.reset();
  stepFunctions.reset();
  secrets.on(DescribeSecretCommand).resolves(
    secretDescription({
      RotationLambdaARN: ROTATION_FUNCTION_ARN,
      VersionIdsToStages: { [VERSION]: ['AWSCURRENT'] },
    }),
  );
  secrets.on(RotateSecretCommand).resolves({ VersionId: VERSION });
  secrets.on(GetSecretValueCommand).rejects(secretsManagerException('AccessDeniedException'));
  stepFunctions.on(DescribeExecutionCommand).rejects(awsException(ExecutionDoesNotExist));
});

/** Sets the history of an execution that runs through one state and closes, and the events after its redrive. */
function plays(state: string, closed: Partial<HistoryEvent>, ...later: readonly HistoryEvent[]): void {
  const events: HistoryEvent[] = [
    { id: 1, timestamp: new Date(1_000), type: 'ExecutionStarted' },
    {
      id: 2,
      timestamp: new Date(1_000),
      type: 'TaskStateEntered',
      stateEnteredEventDetails: { name: state },
    },
    { id: 3, timestamp: new Date(2_000), type: 'ExecutionSucceeded', ...closed },
  ];
  stepFunctions
    .on(DescribeExecutionCommand, { executionArn: FIRST })
    .resolves(executionDescription('RUNNING'));
  stepFunctions
    .on(GetExecutionHistoryCommand, { executionArn: FIRST })
    .resolvesOnce({ events: events.toReversed() })
    .resolves({ events: [...events, ...later].toReversed() });
}

function failure(error: string, errorMessage: string): Partial<HistoryEvent> {
  return {
    type: 'ExecutionFailed',
    executionFailedEventDetails: { error, cause: JSON.stringify({ errorMessage }) },
  };
}

const UNSETTLED = failure('ExchangeUnsettled', `Redrive ${OWNER} first.`);

/** Rotates, and returns the error and the output. */
async function rotated() {
  const { context, written } = cliContext();
  const ended = rotate({ secretId: SECRET_NAME, timeoutMs: 300_000, wait: true }, waitContext(context, time));
  const failure = await ended.then(
    () => undefined,
    (error: unknown) => error,
  );
  return { failure, ...written };
}

/** Makes Secrets Manager refuse a rotation because another is pending. */
function refusesToRotate(): void {
  secrets
    .on(RotateSecretCommand)
    .rejects(awsException(InvalidRequestException, 'A previous rotation is not complete.'));
  secrets.on(DescribeSecretCommand).resolves(secretDescription({ RotationLambdaARN: ROTATION_FUNCTION_ARN }));
}

describe('rotate, while it waits', () => {
  it('reports that Secrets Manager could not run the function if no execution starts in time', async () => {
    const { failure: ended } = await rotated();

    expect(ended).toMatchObject({
      exitReason: 'rotationFailed',
      message: expect.stringMatching(
        `no execution started within ${MAX_START_MS / 1_000} s.* genesys-token-rotation diagnose ${SECRET_NAME} --stack crm-rotation$`,
      ),
    });
    expect(nowMs).toBe(MAX_START_MS);
  });

  it('follows the redrive when the rotation function must redrive another execution first', async () => {
    plays(
      'Refresh',
      UNSETTLED,
      {
        id: 4,
        timestamp: new Date(20_000),
        type: 'ExecutionRedriven',
        executionRedrivenEventDetails: { redriveCount: 1 },
      },
      {
        id: 5,
        timestamp: new Date(21_000),
        type: 'TaskStateEntered',
        stateEnteredEventDetails: { name: 'Rotated' },
      },
      { id: 6, timestamp: new Date(21_000), type: 'ExecutionSucceeded' },
    );
    stepFunctions
      .on(DescribeExecutionCommand, { executionArn: FIRST })
      .resolvesOnce(executionDescription('RUNNING'))
      .resolvesOnce(executionDescription('FAILED'))
      .resolves(executionDescription('RUNNING', { redriveCount: 1 }));

    const { failure: ended, out, err } = await rotated();

    expect(ended).toBeUndefined();
    expect(err).toMatch(
      /redrives the execution that may hold the new tokens.*\n.*redrive 1 of this execution/,
    );
    expect(out).toBe(`Rotated ${SECRET_NAME}: AWSCURRENT moved to ${VERSION}.\n`);
  });

  it('reports the unsettled exchange if no redrive follows while the rotation function runs', async () => {
    plays('Refresh', UNSETTLED);

    const { failure: ended } = await rotated();

    expect(ended).toMatchObject({
      exitReason: 'rotationFailed',
      message: expect.stringContaining(`\n  Redrive ${OWNER} first.\nNext\n`),
    });
    expect(nowMs).toBe(MAX_REDRIVE_WAIT_MS);
  });

  it('reports any other failure immediately', async () => {
    plays('Refresh', failure('RefreshTokenRejected', 'The refresh token was rejected.'));

    const { failure: ended } = await rotated();

    expect(ended).toMatchObject({
      exitReason: 'rotationFailed',
      message: expect.stringContaining(
        'failed in Refresh: RefreshTokenRejected. The login no longer works.\n  The refresh token was rejected.\nNext\n',
      ),
    });
    expect(nowMs).toBe(0);
  });

  it.each([
    ['timed out', 'ExecutionTimedOut'],
    ['was stopped', 'ExecutionAborted'],
  ] as const)('prints the advice of the runbook for an execution that %s', async (_what, type) => {
    plays('Verify', { type });

    const { failure: ended } = await rotated();

    expect(ended).toMatchObject({
      exitReason: 'rotationFailed',
      message: expect.stringMatching(/^Next\n(?: .*\n)+.*#an-execution-that-was-stopped-or-timed-out$/m),
    });
  });

  it('reports that the previous rotation is running when its execution becomes visible a second later', async () => {
    refusesToRotate();
    stepFunctions
      .on(DescribeExecutionCommand, { executionArn: FIRST })
      .rejectsOnce(awsException(ExecutionDoesNotExist))
      .resolves(executionDescription('RUNNING'));

    const { failure: ended } = await rotated();

    expect(ended).toMatchObject({
      exitReason: 'stillRunning',
      message: expect.stringContaining(`the rotation to version ${VERSION} is running.`),
    });
  });

  it('reports that the previous rotation is running when it has just been redriven', async () => {
    refusesToRotate();
    plays('Verify', { type: 'ExecutionRedriven' });
    stepFunctions
      .on(DescribeExecutionCommand, { executionArn: FIRST })
      .resolves(executionDescription('FAILED'));

    const { failure: ended } = await rotated();

    expect(ended).toMatchObject({
      exitReason: 'stillRunning',
      message: expect.stringContaining(`the rotation to version ${VERSION} is running.`),
    });
  });
});
