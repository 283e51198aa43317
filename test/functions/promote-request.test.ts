import { describe, expect, it } from 'vitest';
import { parsePromoteRequest } from '../../functions/promote/promote-request.ts';
import { InvalidRotationRequest } from '../../functions/shared/errors.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { PROMOTE } from '../helpers/task-requests.ts';

describe('promote-request', () => {
  it('reads what the state Promote hands over', () => {
    const event: unknown = JSON.parse(JSON.stringify(PROMOTE));

    expect(parsePromoteRequest(event)).toEqual(PROMOTE);
  });

  it.each([null, undefined])('knows no refresh of the execution when refreshedAt is %j', refreshedAt => {
    const event = { ...PROMOTE, refreshedAt };

    expect(parsePromoteRequest(event)).toEqual({ ...PROMOTE, refreshedAt: null });
  });

  it('reads what the state StandDown hands over', () => {
    const { pendingVersionId: _pending, baseVersionId: _base, refreshedAt: _at, ...subject } = PROMOTE;
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
    const event = { ...PROMOTE, [key]: value };

    const error = await rejection(Promise.resolve().then(() => parsePromoteRequest(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});
