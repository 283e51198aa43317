import { InvalidRequestException } from '@aws-sdk/client-secrets-manager';
import { ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import {
  assertTimeLeft,
  awaitExecution,
  awaitRotation,
  describeWithRetries,
  RESPONSE_RESERVE_MS,
  succeededOrThrow,
} from '../../functions/rotation/await-execution.ts';
import { RotationFailed, RotationStillRunning } from '../../functions/shared/errors.ts';
import type { ExecutionDescription } from '../../functions/shared/executions/executions.ts';
import { derivedVersionId } from '../../functions/shared/secrets/secret-versions.ts';
import { awsException, stepFunctionsException } from '../helpers/aws-exception.ts';
import { EXECUTION_ARN_PREFIX, executionDescription } from '../helpers/execution-description.ts';
import { mockExecutions } from '../helpers/mock-executions.ts';
import { rejection } from '../helpers/no-secrets.ts';

const ARN = `${EXECUTION_ARN_PREFIX}first`;
const TRANSIENT_ERRORS = [
  stepFunctionsException('ThrottlingException'),
  stepFunctionsException('InternalFailure', 'server'),
  stepFunctionsException('ServiceUnavailable'),
  Object.assign(new Error('socket hang up'), { name: 'TimeoutError' }),
  Object.assign(new Error('retryable'), { $retryable: {} }),
];

const running = executionDescription('RUNNING');
const failed = executionDescription('FAILED', { redriveCount: 1 });
const succeeded = executionDescription('SUCCEEDED');

const { time, dependencies, describeReturns, describedArns, labels, labelReads } = mockExecutions();

describe('awaitExecution', () => {
  function wait(redriveCount = 0, random = () => 0.5): Promise<ExecutionDescription> {
    return awaitExecution({ executionArn: ARN, redriveCount }, { ...dependencies(), random });
  }

  it('polls less often the longer it takes, up to a limit', async () => {
    describeReturns(ARN, ...Array.from({ length: 9 }, () => running), succeeded);

    await wait();

    const [first = 0, ...rest] = time.sleeps;
    expect(rest.every((ms, index) => ms >= (rest[index - 1] ?? first))).toBe(true);
    expect(time.sleeps.at(-1)).toBe(time.sleeps.at(-2));
  });

  it.each(['FAILED', 'TIMED_OUT', 'ABORTED'] as const)('ends when the execution %s', async status => {
    describeReturns(ARN, running, executionDescription(status));

    expect((await wait()).status).toBe(status);
  });

  it('keeps waiting while a redrive is pending', async () => {
    describeReturns(ARN, executionDescription('PENDING_REDRIVE'), succeeded);

    expect((await wait()).status).toBe('SUCCEEDED');
  });

  it('keeps waiting while a just started execution is not visible yet', async () => {
    describeReturns(ARN, awsException(ExecutionDoesNotExist), running, succeeded);

    expect((await wait()).status).toBe('SUCCEEDED');
  });

  it.each(TRANSIENT_ERRORS)('ignores a transient failure of a poll: %s', async transient => {
    describeReturns(ARN, transient, transient, succeeded);

    expect((await wait()).status).toBe('SUCCEEDED');
  });

  it('rethrows a permanent error', async () => {
    describeReturns(ARN, stepFunctionsException('AccessDeniedException'));

    const error = await rejection(wait());

    expect(error.name).toBe('AccessDeniedException');
  });

  it('ignores a stale failure with fewer redrives', async () => {
    describeReturns(ARN, failed, failed, succeeded);

    expect((await wait(2)).status).toBe('SUCCEEDED');
    expect(describedArns()).toHaveLength(3);
  });

  it.each([0, 1])('accepts a failure with at least %i redrives', async redriveCount => {
    describeReturns(ARN, failed);

    expect((await wait(redriveCount)).status).toBe('FAILED');
  });

  it('treats a missing redrive count as 0', async () => {
    const { redriveCount: _none, ...withoutCount } = failed;
    describeReturns(ARN, withoutCount, succeeded);

    expect((await wait(1)).status).toBe('SUCCEEDED');
  });

  describe('when the function is almost out of time', () => {
    it('polls one last time shortly before its end, then throws RotationStillRunning', async () => {
      describeReturns(ARN, running);

      const error = await rejection(wait());

      expect(error).toBeInstanceOf(RotationStillRunning);
      expect(error.message).toContain(ARN);
      expect(time.remainingMs()).toBe(RESPONSE_RESERVE_MS);
      expect(describedArns()).toHaveLength(time.sleeps.length);
    });

    it('returns a success that the last poll shows', async () => {
      time.begin(RESPONSE_RESERVE_MS + 100);
      describeReturns(ARN, succeeded);

      expect((await wait()).status).toBe('SUCCEEDED');
      expect(time.sleeps).toEqual([100]);
    });

    it('does not wait when too little time is left', async () => {
      time.begin(RESPONSE_RESERVE_MS);

      const error = await rejection(wait());

      expect(error).toBeInstanceOf(RotationStillRunning);
      expect(time.sleeps).toEqual([]);
      expect(describedArns()).toEqual([]);
    });
  });
});

describe('awaitRotation', () => {
  const rotation = { secretArn: 'secret-arn', secretName: 'secret', clientRequestToken: 'own' };
  const pending = { base: ['AWSCURRENT'], own: ['AWSPENDING'] };
  const complete = { base: ['AWSPREVIOUS'], own: ['AWSCURRENT', 'AWSPENDING'] };

  function wait(random = () => 0.5): Promise<ExecutionDescription | undefined> {
    return awaitRotation({ executionArn: ARN, redriveCount: 0 }, rotation, { ...dependencies(), random });
  }

  it('detects success from the labels, without calling DescribeExecution', async () => {
    labels(pending, pending, complete);

    expect(await wait()).toBeUndefined();
    expect(labelReads()).toBe(3);
    expect(describedArns()).toEqual([]);
  });

  it.each([
    ['on a version that is derived from the rotation', { [derivedVersionId('own', 'v')]: ['AWSCURRENT'] }],
    ['without AWSPENDING', { own: ['AWSCURRENT'] }],
  ])('detects success %s', async (_how, labelled) => {
    labels(pending, labelled);

    expect(await wait()).toBeUndefined();
  });

  it('keeps waiting while AWSPENDING is on another version of the rotation', async () => {
    labels({ own: ['AWSCURRENT'], [derivedVersionId('own', 'v')]: ['AWSPENDING'] });
    describeReturns(ARN, succeeded);

    expect((await wait())?.status).toBe('SUCCEEDED');
  });

  it.each(TRANSIENT_ERRORS)('ignores a transient failure of a poll: %s', async transient => {
    labels(transient, transient, complete);

    expect(await wait()).toBeUndefined();
    expect(describedArns()).toEqual([]);
  });

  it('rethrows a permanent error', async () => {
    labels(awsException(InvalidRequestException));

    expect((await rejection(wait())).name).toBe('InvalidRequestException');
  });

  it('describes the execution immediately when AWSPENDING has left the rotation', async () => {
    labels(pending, { base: ['AWSCURRENT'] });
    describeReturns(ARN, succeeded);

    expect((await wait())?.status).toBe('SUCCEEDED');
    expect(labelReads()).toBe(2);
  });

  it('does not describe it again at each poll while the label is elsewhere', async () => {
    labels(pending, { base: ['AWSCURRENT'] }, { base: ['AWSCURRENT'] }, { base: ['AWSCURRENT'] }, complete);
    describeReturns(ARN, running);

    expect(await wait()).toBeUndefined();
    expect(describedArns()).toHaveLength(1);
  });

  it('detects a failure within seconds, with far fewer calls than label polls', async () => {
    labels(pending);
    describeReturns(ARN, running, executionDescription('FAILED'));

    expect((await wait())?.status).toBe('FAILED');
    expect(describedArns()).toHaveLength(2);
    expect(labelReads()).toBeGreaterThan(5 * describedArns().length);
  });

  it('polls with jitter', async () => {
    const firstWaits: number[] = [];
    for (const chance of [0, 0.999]) {
      time.begin(60_000);
      labels(complete);
      await wait(() => chance);
      firstWaits.push(60_000 - time.remainingMs());
    }

    expect(firstWaits[1]).toBeGreaterThan(firstWaits[0] ?? 0);
  });

  it('throws RotationStillRunning shortly before the end of the function', async () => {
    labels(pending);
    describeReturns(ARN, running);

    const error = await rejection(wait());

    expect(error).toBeInstanceOf(RotationStillRunning);
    expect(time.remainingMs()).toBe(RESPONSE_RESERVE_MS);
  });
});

describe('describeWithRetries', () => {
  function description(): Promise<ExecutionDescription | undefined> {
    return describeWithRetries(ARN, dependencies());
  }

  it('describes immediately', async () => {
    describeReturns(ARN, running);

    expect((await description())?.status).toBe('RUNNING');
    expect(time.sleeps).toEqual([]);
  });

  it('returns undefined when there is no execution', async () => {
    expect(await description()).toBeUndefined();
  });

  it.each(TRANSIENT_ERRORS)('retries after a transient error: %s', async transient => {
    describeReturns(ARN, transient, transient, failed);

    expect((await description())?.status).toBe('FAILED');
    expect(time.sleeps).toHaveLength(2);
  });

  it('rethrows a transient error when no time is left', async () => {
    const throttled = stepFunctionsException('ThrottlingException');
    describeReturns(ARN, throttled);

    const error = await rejection(description());

    expect(error).toBe(throttled);
    expect(time.remainingMs()).toBe(RESPONSE_RESERVE_MS);
  });

  it('rethrows a permanent error immediately', async () => {
    describeReturns(ARN, stepFunctionsException('AccessDeniedException'));

    const error = await rejection(description());

    expect(error.name).toBe('AccessDeniedException');
    expect(time.sleeps).toEqual([]);
  });
});

describe('assertTimeLeft', () => {
  it('leaves the function time to respond', () => {
    time.begin(RESPONSE_RESERVE_MS + 1);

    expect(assertTimeLeft(ARN, dependencies())).toBe(1);
  });

  it('throws RotationStillRunning when no time is left', () => {
    time.begin(RESPONSE_RESERVE_MS);

    expect(() => assertTimeLeft(ARN, dependencies())).toThrow(RotationStillRunning);
  });
});

describe('succeededOrThrow', () => {
  async function failure(...given: Parameters<typeof executionDescription>): Promise<Error> {
    const description = { ...executionDescription(...given), executionArn: ARN };
    const error = await rejection(Promise.resolve(description).then(succeededOrThrow));
    expect(error).toBeInstanceOf(RotationFailed);
    expect(error.message).toContain(ARN);
    return error;
  }

  it('returns the ARN of an execution that succeeded', () => {
    expect(succeededOrThrow({ ...succeeded, executionArn: ARN })).toBe(ARN);
  });

  it('throws the name and the message of the function that failed, without its stack', async () => {
    const cause = JSON.stringify({
      errorType: 'RefreshTokenRejected',
      errorMessage: 'Log in again. Runbook: docs/runbook.md#refreshtokenrejected',
      trace: ['at somewhere'],
    });

    const error = await failure('FAILED', { error: 'RefreshTokenRejected', cause });

    expect(error.message).toContain('RefreshTokenRejected: Log in again.');
    expect(error.message).not.toContain('at somewhere');
    // Only the entry of the error, not one of RotationFailed.
    expect(error.message.match(/Runbook: \S+/g)).toEqual(['Runbook: docs/runbook.md#refreshtokenrejected']);
  });

  it.each([
    ['plain text', 'Function not found'],
    ['JSON without a message', '{"reason":"unknown"}'],
    ['JSON with a message that is not a string', '{"errorMessage":42}'],
    ['null', 'null'],
  ])('throws the unchanged cause when it is %s', async (_what, cause) => {
    const error = await failure('FAILED', { error: 'Lambda.ResourceNotFoundException', cause });

    expect(error.message).toContain(`Lambda.ResourceNotFoundException: ${cause}`);
  });

  it.each([
    ['TIMED_OUT', 'timed out'],
    ['ABORTED', 'was stopped'],
    ['FAILED', 'failed with no error name'],
  ] as const)('describes %s without an error and a cause as: %s', async (status, what) => {
    const error = await failure(status);

    expect(error.message).toContain(what);
    expect(error.message).not.toContain('undefined');
  });
});
