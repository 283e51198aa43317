import { describe, expect, it } from 'vitest';
import { parseRefreshRequest } from '../../functions/refresh/refresh-request.ts';
import { InvalidRotationRequest } from '../../functions/shared/errors.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { BASE_VERSION, DERIVED_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { REFRESH, REFRESH_PENDING } from '../helpers/task-requests.ts';

describe('refresh-request', () => {
  const EVENT = {
    secretArn: SECRET_ARN,
    versionId: VERSION,
    source: 'current',
    retryCount: 0,
    redriveCount: 0,
    execution: 'arn:execution',
    state: 'Refresh',
  };

  it('reads what the state Refresh hands over', () => {
    expect(parseRefreshRequest(EVENT)).toEqual(REFRESH);
  });

  it('reads what the state RefreshPending hands over', () => {
    const event = {
      ...EVENT,
      source: 'pending',
      pendingVersionId: DERIVED_VERSION,
      baseVersionId: BASE_VERSION,
      state: 'RefreshPending',
    };

    expect(parseRefreshRequest(event)).toEqual(REFRESH_PENDING);
  });

  it.each([
    [0, 0, false],
    [1, 0, true],
    [0, 1, true],
    [2, 3, true],
  ])('counts %i retries and %i redrives as repeated: %s', (retryCount, redriveCount, repeated) => {
    expect(parseRefreshRequest({ ...EVENT, retryCount, redriveCount }).repeated).toBe(repeated);
  });

  it.each([
    ['secretArn', { secretArn: undefined }],
    ['versionId', { versionId: '' }],
    ['source', { source: 'previous' }],
    ['pendingVersionId', { source: 'pending', baseVersionId: BASE_VERSION }],
    ['baseVersionId', { source: 'pending', pendingVersionId: VERSION }],
    ['retryCount', { retryCount: undefined }],
    ['redriveCount', { redriveCount: '1' }],
    ['execution', { execution: undefined }],
    ['state', { state: null }],
  ])('refuses a request without a valid %s: %j', async (key, change) => {
    const error = await rejection(Promise.resolve().then(() => parseRefreshRequest({ ...EVENT, ...change })));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});
