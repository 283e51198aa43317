import { describe, expect, it } from 'vitest';
import { InvalidRotationRequest } from '../../functions/shared/errors.ts';
import { parseVerifyRequest } from '../../functions/verify/verify-request.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { CHECK_CONFIGURATION, VERIFY, VERIFY_RESUMED } from '../helpers/task-requests.ts';

describe('verify-request', () => {
  it.each([VERIFY, VERIFY_RESUMED, CHECK_CONFIGURATION])(
    'reads what the state $state hands over',
    request => {
      const event: unknown = JSON.parse(JSON.stringify(request));

      expect(parseVerifyRequest(event)).toEqual(request);
    },
  );

  it.each([
    ['mode', 'refresh'],
    ['mode', undefined],
    ['secretArn', undefined],
    ['versionId', undefined],
    ['pendingVersionId', ''],
    ['refreshedAt', undefined],
    ['refreshedAt', 'yesterday'],
    ['execution', undefined],
    ['state', undefined],
  ])('refuses a request whose %s is %j', async (key, value) => {
    const event: unknown = JSON.parse(JSON.stringify({ ...VERIFY, [key]: value }));

    const error = await rejection(Promise.resolve().then(() => parseVerifyRequest(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});
