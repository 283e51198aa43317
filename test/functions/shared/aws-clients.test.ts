import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AWS_CLIENT_LIMITS } from '../../../functions/shared/aws-clients.ts';
import { genesysServer, noResponse, respondWith } from '../../helpers/genesys-server.ts';
import { rejection } from '../../helpers/no-secrets.ts';

describe('aws-clients', () => {
  /** Any HTTP server can stand in for AWS here. */
  const aws = genesysServer();

  afterEach(() => {
    vi.useRealTimers();
  });

  function describeSecret(): Promise<unknown> {
    const client = new SecretsManagerClient({
      ...AWS_CLIENT_LIMITS,
      region: 'eu-central-1',
      endpoint: aws.url,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none' },
    });
    return client.send(new DescribeSecretCommand({ SecretId: 'secret' }));
  }

  it('end a call without a response after 800 ms, and retry it once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    // No pause before the second attempt.
    vi.spyOn(Math, 'random').mockReturnValue(0);
    let settled = false;
    const settledAfter799Ms: boolean[] = [];
    const advanceTime = noResponse(() => {
      vi.advanceTimersByTime(799);
      // The effects of a timer are visible in the next turn.
      setImmediate(() => {
        settledAfter799Ms.push(settled);
        vi.advanceTimersByTime(1);
      });
    });
    aws.script(advanceTime, advanceTime);

    const call = rejection(describeSecret()).finally(() => {
      settled = true;
    });
    for (let turn = 0; !settled && turn < 100_000; turn++) {
      await new Promise(resolve => setImmediate(resolve));
      vi.advanceTimersByTime(0);
    }
    const error = await call;

    expect(error.name).toBe('TimeoutError');
    expect(aws.requests).toHaveLength(2);
    expect(settledAfter799Ms).toEqual([false, false]);
  });

  it('retry a throttled call once, and then rethrow the error to the state machine', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    aws.script(throttled, throttled);

    const error = await rejection(describeSecret());

    expect(error.name).toBe('ThrottlingException');
    expect(aws.requests).toHaveLength(2);
  });
});

const throttled = respondWith(400, { __type: 'ThrottlingException', Message: 'Rate exceeded' });
