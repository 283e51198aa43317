import { describe, expect, it } from 'vitest';
import { type CredentialFacts, healthOf, warningsOf } from '../../cli/status/health.ts';
import { SECRET_ARN, SECRET_NAME } from '../helpers/secret.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const SCHEDULE = { expression: 'rate(8 hours)', window: '1h', longestGapHours: 9 };

/** A credential that was rotated an hour ago, with a token of a day. */
function facts(changes: Partial<CredentialFacts> = {}): CredentialFacts {
  return {
    secret: secret('2026-03-01T11:00:00Z'),
    token: token('2026-03-02T11:00:00Z'),
    isRotating: false,
    failure: undefined,
    check: undefined,
    ...changes,
  };
}

function secret(lastRotation: string, RotationEnabled = true): CredentialFacts['secret'] {
  return {
    name: SECRET_NAME,
    arn: SECRET_ARN,
    stages: {},
    rotation: {
      RotationEnabled,
      RotationRules: { ScheduleExpression: 'rate(8 hours)', Duration: '1h' },
      CreatedDate: new Date('2026-01-01T00:00:00Z'),
      LastRotatedDate: new Date(lastRotation),
      NextRotationDate: undefined,
    },
  };
}

function token(expiresAt?: string): CredentialFacts['token'] {
  return {
    kind: 'read',
    storedAt: new Date('2026-03-01T11:00:00Z'),
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
    accessToken: 'token',
    host: 'mypurecloud.com',
  };
}

const rejected = {
  status: 'FAILED',
  state: 'Refresh',
  error: 'RefreshTokenRejected',
  message: undefined,
} as const;
const shared = {
  status: 'FAILED',
  state: 'Refresh',
  error: 'SharedLogin',
  message: undefined,
} as const;
const unavailable = {
  status: 'FAILED',
  state: 'Refresh',
  error: 'GenesysUnavailable',
  message: undefined,
} as const;
const dead = token('2026-03-01T12:00:00Z');

describe('healthOf', () => {
  it.each<[string, string, Partial<CredentialFacts>]>([
    ['healthy', 'in time', {}],
    ['healthy', 'within an hour after it was due', { secret: secret('2026-03-01T02:01:00Z') }],
    ['healthy', 'with a token that the caller may not read', { token: { kind: 'unreadable' } }],
    ['stuck', 'more than an hour after it was due', { secret: secret('2026-03-01T01:59:00Z') }],
    ['stuck', 'whose value cannot be decrypted', { token: { kind: 'undecryptable' } }],
    ['stuck', 'whose last rotation failed', { failure: unavailable }],
    ['expired', 'whose access token has expired', { token: dead }],
    ['expired', 'whose rotation failed until the token was dead', { token: dead, failure: unavailable }],
    ['expired', 'whose access token Genesys Cloud rejects', { check: 'rejected' }],
    ['needs-authorisation', 'whose refresh token is dead', { failure: rejected }],
    ['needs-authorisation', 'both of whose tokens are dead', { failure: rejected, token: dead }],
    ['needs-authorisation', 'with the login of another secret', { failure: shared }],
    ['needs-authorisation', 'without a complete value', { token: { kind: 'incomplete', reason: '' } }],
    ['rotating', 'that is being rotated', { isRotating: true, token: dead }],
  ])('is %s for a credential %s', (health, _which, changes) => {
    expect(healthOf(facts(changes), SCHEDULE, NOW)).toBe(health);
  });
});

describe('warningsOf', () => {
  it('returns no warnings for a healthy credential', () => {
    expect(warningsOf(facts({ check: 'works' }), SCHEDULE, NOW)).toEqual([]);
  });

  it.each<[string, Partial<CredentialFacts>]>([
    ['a token that expires before the next rotation is due', { token: token('2026-03-01T19:59:00Z') }],
    ['an overdue rotation', { secret: secret('2026-03-01T01:00:00Z') }],
    ['a disabled rotation', { secret: secret('2026-03-01T11:00:00Z', false) }],
    ['a value that the caller may not read', { token: { kind: 'unreadable' } }],
    ['a value that cannot be decrypted', { token: { kind: 'undecryptable' } }],
    ['a check that got no response', { check: 'no response' }],
  ])('warns of %s', (_what, changes) => {
    expect(warningsOf(facts(changes), SCHEDULE, NOW)).toHaveLength(1);
  });
});
