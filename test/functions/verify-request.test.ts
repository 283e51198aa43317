import { describe, expect, it } from 'vitest';
import { InvalidRotationRequest } from '../../functions/shared/errors.ts';
import { parseVerifyRequest, type VerifyRequest } from '../../functions/verify/verify-request.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { DERIVED_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';

const REQUEST: VerifyRequest = {
  mode: 'verify',
  secretArn: SECRET_ARN,
  versionId: VERSION,
  pendingVersionId: DERIVED_VERSION,
  refreshedAt: new Date('2026-07-01T07:59:55Z'),
  execution: 'arn:execution',
  state: 'Verify',
};
const RESUMED: VerifyRequest = { ...REQUEST, refreshedAt: null, state: 'VerifyResumed' };
const CHECK: VerifyRequest = {
  ...REQUEST,
  mode: 'check-configuration',
  refreshedAt: null,
  state: 'CheckConfiguration',
};

describe('verify-request', () => {
  it.each([REQUEST, RESUMED, CHECK])('reads what the state $state hands over', request => {
    const event: unknown = JSON.parse(JSON.stringify(request));

    expect(parseVerifyRequest(event)).toEqual(request);
  });

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
    const event: unknown = JSON.parse(JSON.stringify({ ...REQUEST, [key]: value }));

    const error = await rejection(Promise.resolve().then(() => parseVerifyRequest(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});
