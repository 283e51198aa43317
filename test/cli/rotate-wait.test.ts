import {
  DescribeSecretCommand,
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
import { rotate } from '../../cli/rotate/rotate.ts';
import type { Time } from '../../cli/shared/time.ts';
import { waitContext } from '../../cli/shared/waiting.ts';
import { executionName } from '../../functions/shared/execution-name.ts';
import { awsException } from '../helpers/aws-exception.ts';
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
const SECOND = `${FIRST}-2`;

const secrets = mockAws(SecretsManagerClient);
const stepFunctions = mockAws(SFNClient);
let nowMs = 0;

/** Passes as fast as it is waited for. */
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
  stepFunctions.on(DescribeExecutionCommand).rejects(awsException(ExecutionDoesNotExist));
});

/** The execution runs through a state and closes. */
function plays(executionArn: string, state: string, closed: Partial<HistoryEvent>): void {
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
  stepFunctions.on(DescribeExecutionCommand, { executionArn }).resolves(executionDescription('RUNNING'));
  stepFunctions.on(GetExecutionHistoryCommand, { executionArn }).resolves({ events: events.toReversed() });
}

const REJECTED: Partial<HistoryEvent> = {
  type: 'ExecutionFailed',
  executionFailedEventDetails: {
    error: 'RefreshTokenRejected',
    cause: '{"errorMessage":"The refresh token was rejected."}',
  },
};

/** Rotates, and gives what went to standard output and standard error. */
async function rotated() {
  const { context, written } = cliContext();
  const ended = rotate({ secretId: SECRET_NAME, timeoutMs: 300_000, wait: true }, waitContext(context, time));
  const failure = await ended.then(
    () => undefined,
    (error: unknown) => error,
  );
  return { failure, ...written };
}

describe('rotate, while it waits', () => {
  it('gives up half a minute after Secrets Manager could not run the function', async () => {
    const { failure } = await rotated();

    expect(failure).toMatchObject({
      ending: 'rotationFailed',
      message: expect.stringMatching(
        `30 s after RotateSecret there is no execution.* npm run cli -- diagnose ${SECRET_NAME} --stack crm-rotation$`,
      ),
    });
    expect(nowMs).toBe(30_000);
  });

  it('follows the attempt that comes after a rejected refresh token, with tokens found elsewhere', async () => {
    plays(FIRST, 'Refresh', REJECTED);
    plays(SECOND, 'Rotated', {});

    const { failure, out, err } = await rotated();

    expect(failure).toBeUndefined();
    expect(err).toContain(`Execution ${SECOND}`);
    expect(out).toBe(`Rotated ${SECRET_NAME}: AWSCURRENT moved to ${VERSION}.\n`);
  });

  it('ends with the rejected refresh token when no other attempt comes', async () => {
    plays(FIRST, 'Refresh', REJECTED);

    const { failure, err } = await rotated();

    expect(failure).toMatchObject({
      ending: 'rotationFailed',
      message: expect.stringContaining(
        'failed in Refresh: RefreshTokenRejected. The refresh token was rejected.',
      ),
    });
    expect(err).toContain('looks for newer tokens');
  });

  it.each([
    ['ran out of time', 'ExecutionTimedOut'],
    ['was stopped', 'ExecutionAborted'],
  ] as const)('says what the runbook does of an execution that %s', async (_what, type) => {
    plays(FIRST, 'Verify', { type });

    const { failure } = await rotated();

    expect(failure).toMatchObject({
      ending: 'rotationFailed',
      message: expect.stringMatching(
        /Redrive: it resumes at the state that it was in\..*#an-execution-that-was-stopped-or-timed-out/,
      ),
    });
  });

  it('says that the rotation before it runs when that has just been redriven', async () => {
    secrets
      .on(RotateSecretCommand)
      .rejects(awsException(InvalidRequestException, 'A previous rotation is not complete.'));
    secrets
      .on(DescribeSecretCommand)
      .resolves(secretDescription({ RotationLambdaARN: ROTATION_FUNCTION_ARN }));
    plays(FIRST, 'Verify', { type: 'ExecutionRedriven' });
    stepFunctions
      .on(DescribeExecutionCommand, { executionArn: FIRST })
      .resolves(executionDescription('FAILED'));

    const { failure } = await rotated();

    expect(failure).toMatchObject({
      ending: 'stillRunning',
      message: expect.stringContaining(`the rotation to version ${VERSION} runs.`),
    });
  });
});
