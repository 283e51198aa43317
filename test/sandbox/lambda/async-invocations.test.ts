import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { AwsError } from '../../../sandbox/aws/aws-error.ts';
import type { Invocation } from '../../../sandbox/lambda/invoker.ts';
import { openLambda, probe } from './deployed-lambda.ts';

const FAILED: Invocation = { payload: { errorType: 'Error' }, functionError: 'Unhandled', requestId: 'r' };

/** A service that does not run its function: `respond` gets the number of the attempt and returns the result. */
function openScripted(respond: (attempt: number) => Invocation) {
  let attempts = 0;
  const opened = openLambda({
    interceptors: [
      () => {
        attempts += 1;
        return Promise.resolve(attempts).then(respond);
      },
    ],
  });
  opened.lambda.createFunction(probe(''));
  return {
    ...opened,
    attempts: () => attempts,
    advance: async (ms: number) => {
      opened.clock.advance(ms);
      await setImmediate();
    },
  };
}

describe('Lambda operation Invoke with InvocationType Event', () => {
  it('returns 202 at once and runs the function with the request id of the call', async () => {
    const { lambda, invokeApi } = openLambda();
    lambda.createFunction(
      probe('exports.handler = async (event, context) => console.log(context.awsRequestId);'),
    );

    const response = await invokeApi({ InvocationType: 'Event' });

    expect(response).toStrictEqual({ StatusCode: 202, Payload: '' });
    await vi.waitUntil(() => lambda.logs('probe').length === 1, 10_000);
    expect(lambda.logs('probe')[0]?.text).toBe('11111111-2222-3333-4444-555555555555');
  });

  it('retries a failed function after one minute and after two more, then drops the event', async () => {
    const { lambda, invokeApi, attempts, advance } = openScripted(() => FAILED);
    await invokeApi({ InvocationType: 'Event' });
    await setImmediate();

    await advance(59_000);
    const afterFirstWait = attempts();
    await advance(1_000);
    const afterSecondAttempt = attempts();
    await advance(119_000);
    const afterSecondWait = attempts();
    await advance(1_000);
    await advance(86_400_000);

    expect([afterFirstWait, afterSecondAttempt, afterSecondWait, attempts()]).toStrictEqual([1, 2, 2, 3]);
    expect(lambda.logs('probe').map(line => line.text)).toStrictEqual([
      'Event discarded: the function failed three times',
    ]);
  });

  it('stops after an attempt that succeeds', async () => {
    const { lambda, invokeApi, attempts, advance } = openScripted(attempt =>
      attempt === 1 ? FAILED : { payload: null, requestId: 'r' },
    );
    await invokeApi({ InvocationType: 'Event' });
    await setImmediate();

    await advance(60_000);
    await advance(86_400_000);

    expect(attempts()).toBe(2);
    expect(lambda.logs('probe')).toStrictEqual([]);
  });

  it('retries a throttled event for six hours', async () => {
    const { lambda, invokeApi, attempts, advance } = openScripted(() => {
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', { statusCode: 429 });
    });
    await invokeApi({ InvocationType: 'Event' });
    await setImmediate();

    await advance(1_000);
    await advance(2_000);
    const attemptsInThreeSeconds = attempts();
    for (let waited = 0; waited < 6 * 3600; waited += 300) await advance(300_000);

    expect(attemptsInThreeSeconds).toBe(3);
    expect(attempts()).toBeGreaterThan(70);
    expect(lambda.logs('probe').map(line => line.text)).toStrictEqual([
      'Event discarded: TooManyRequestsException',
    ]);
  });

  it('drops pending retries when the service is closed', async () => {
    const { lambda, invokeApi, attempts, advance } = openScripted(() => FAILED);
    await invokeApi({ InvocationType: 'Event' });
    await setImmediate();

    await lambda.close();
    await advance(3_600_000);

    expect(attempts()).toBe(1);
  });

  it('throws ResourceNotFoundException at once for an unknown function', async () => {
    const { invokeApi } = openLambda();

    const refusal = invokeApi({ InvocationType: 'Event' });

    await expect(refusal).rejects.toMatchObject({ type: 'ResourceNotFoundException' });
  });

  it('throws RequestTooLargeException for a payload above 1 MB', async () => {
    const { lambda, invokeApi } = openLambda();
    lambda.createFunction(probe(''));

    const refusal = invokeApi({ InvocationType: 'Event', Payload: `"${'x'.repeat(1_048_575)}"` });

    await expect(refusal).rejects.toMatchObject({ type: 'RequestTooLargeException', statusCode: 413 });
  });
});

describe('Lambda, when another service invokes a function with an event', () => {
  it('runs the function on behalf of that service, and retries it when it fails', async () => {
    const sources: unknown[] = [];
    const { lambda, clock } = openLambda({
      interceptors: [
        async ({ source, payload }) => {
          sources.push([source, payload]);
          return FAILED;
        },
      ],
    });
    lambda.createFunction(probe(''));

    await lambda.invokeEvent('probe', { id: '1' }, 'events.amazonaws.com');
    await setImmediate();
    clock.advance(60_000);
    await setImmediate();

    const once = ['events.amazonaws.com', { id: '1' }];
    expect(sources).toStrictEqual([once, once]);
  });

  it('throws ResourceNotFoundException for an unknown function', async () => {
    const { lambda } = openLambda();

    const refusal = lambda.invokeEvent('probe', {}, 'events.amazonaws.com');

    await expect(refusal).rejects.toMatchObject({ type: 'ResourceNotFoundException' });
  });
});
