import { describe, expect, it } from 'vitest';
import { warningsOf } from '../../cli/status/status.ts';
import { SECRET_ARN, SECRET_NAME } from '../helpers/secret.ts';

type Assessed = Parameters<typeof warningsOf>[0];

const NOW = new Date('2026-03-01T12:00:00Z');
const LAST_ROTATION = new Date('2026-03-01T11:00:00Z');
const DEPLOYMENT = { schedule: { expression: 'rate(8 hours)', window: '1h', longestGapHours: 9 } };

/** A credential that was rotated an hour ago, with a one-day token. */
function assessed(changes: Partial<Assessed> = {}): Assessed {
  return {
    secret: secret(),
    token: token('2026-03-02T11:00:00Z'),
    check: undefined,
    lastRotatedAt: LAST_ROTATION,
    ...changes,
  };
}

function secret(RotationEnabled = true): Assessed['secret'] {
  return {
    name: SECRET_NAME,
    arn: SECRET_ARN,
    stages: {},
    rotation: {
      RotationEnabled,
      RotationRules: { ScheduleExpression: 'rate(8 hours)', Duration: '1h' },
      CreatedDate: new Date('2026-01-01T00:00:00Z'),
      LastRotatedDate: LAST_ROTATION,
      NextRotationDate: undefined,
    },
  };
}

function token(expiresAt: string, alternate: 'none' | 'lost' = 'none'): Assessed['token'] {
  return {
    kind: 'read',
    storedAt: LAST_ROTATION,
    expiresAt: new Date(expiresAt),
    accessToken: 'token',
    host: 'mypurecloud.com',
    alternate,
  };
}

describe('warningsOf', () => {
  it.each<[string, Partial<Assessed>]>([
    ['healthy', {}],
    ['healthy and verified', { check: 'works' }],
    ['rejected, which the verdict reports', { check: 'rejected' }],
  ])('returns no warning for a credential that is %s', (_what, changes) => {
    expect(warningsOf(assessed(changes), DEPLOYMENT, NOW)).toEqual([]);
  });

  it.each<[string, Partial<Assessed>, RegExp]>([
    [
      'expires before the next rotation is due',
      { token: token('2026-03-01T19:59:00Z') },
      /lifetime is shorter/,
    ],
    [
      'has lost its alternate grant',
      { token: token('2026-03-02T11:00:00Z', 'lost') },
      /authorize --alternate/,
    ],
    ['is no longer rotated', { secret: secret(false) }, /Rotation is disabled/],
    ['the caller may not read', { token: { kind: 'unreadable' } }, /unverified/],
    ['is not complete', { token: { kind: 'incomplete', reason: 'It lacks a key.' } }, /lacks a key/],
    ['has a user who may not call the API', { check: 'forbidden' }, /may not call/],
    ['could not be verified with Genesys Cloud', { check: 'no response' }, /no response/],
  ])('warns about a credential that %s', (_what, changes, warning) => {
    expect(warningsOf(assessed(changes), DEPLOYMENT, NOW)).toEqual([expect.stringMatching(warning)]);
  });
});
