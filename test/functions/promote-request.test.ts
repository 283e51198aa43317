import { describe, expect, it } from 'vitest';
import { type PromoteRequest, parsePromoteRequest } from '../../functions/promote/promote-request.ts';
import { InvalidRotationRequest } from '../../functions/shared/errors.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { BASE_VERSION, DERIVED_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';

const REQUEST: PromoteRequest = {
  action: 'promote',
  secretArn: SECRET_ARN,
  versionId: VERSION,
  pendingVersionId: DERIVED_VERSION,
  baseVersionId: BASE_VERSION,
  refreshedAt: new Date('2026-07-01T07:59:58Z'),
  execution: 'arn:execution',
  state: 'Promote',
};

describe('promote-request', () => {
  it('reads what the state Promote hands over', () => {
    const event: unknown = JSON.parse(JSON.stringify(REQUEST));

    expect(parsePromoteRequest(event)).toEqual(REQUEST);
  });

  it.each([null, undefined])('knows no refresh of the execution when refreshedAt is %j', refreshedAt => {
    const event = { ...REQUEST, refreshedAt };

    expect(parsePromoteRequest(event)).toEqual({ ...REQUEST, refreshedAt: null });
  });

  it('reads what the state StandDown hands over', () => {
    const { pendingVersionId: _pending, baseVersionId: _base, refreshedAt: _at, ...subject } = REQUEST;
    const event = { ...subject, action: 'stand-down', state: 'StandDown' };

    expect(parsePromoteRequest(event)).toEqual(event);
  });

  it.each([
    ['action', 'demote'],
    ['action', undefined],
    ['secretArn', undefined],
    ['versionId', ''],
    ['pendingVersionId', undefined],
    ['baseVersionId', undefined],
    ['refreshedAt', 'yesterday'],
    ['execution', undefined],
    ['state', undefined],
  ])('refuses a request whose %s is %j', async (key, value) => {
    const event = { ...REQUEST, [key]: value };

    const error = await rejection(Promise.resolve().then(() => parsePromoteRequest(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});
