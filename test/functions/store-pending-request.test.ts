import { describe, expect, it } from 'vitest';
import { InvalidRotationRequest } from '../../functions/shared/errors.ts';
import { parseStorePendingRequest } from '../../functions/store-pending/store-pending-request.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { BASE_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';

describe('store-pending-request', () => {
  const EVENT = {
    secretArn: SECRET_ARN,
    versionId: VERSION,
    baseVersionId: BASE_VERSION,
    sealedValue: 'v1.a.b.c',
    sealedVersionId: VERSION,
    sealedRotationToken: 'v1.d.e.f',
    execution: 'arn:execution',
    state: 'StorePending',
  };

  it.each(['v1.d.e.f', null])('reads what the state StorePending hands over: token %j', token => {
    const event = { ...EVENT, sealedRotationToken: token };

    expect(parseStorePendingRequest(event)).toEqual(event);
  });

  it.each([
    'secretArn',
    'versionId',
    'baseVersionId',
    'sealedValue',
    'sealedVersionId',
    'sealedRotationToken',
    'execution',
    'state',
  ])('refuses a request without %s', async key => {
    const event = { ...EVENT, [key]: undefined };

    const error = await rejection(Promise.resolve().then(() => parseStorePendingRequest(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});
