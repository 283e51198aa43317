import { CancelRotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../functions/shared/durations.ts';
import { OVERDUE_GRACE_MS } from '../../functions/shared/secrets/due-date.ts';
import { recoveryWorld } from '../recovery/recovery-world.ts';
import { overdueCheckReports } from './overdue-check-reports.ts';

/** The interval plus the window of the schedule. The overdue check runs every hour. */
const MAX_GAP_MS = 9 * HOUR_MS;

describe('the overdue check', () => {
  it('reports the number of credentials every hour, and none as overdue while they rotate in time', async () => {
    const world = await recoveryWorld({ events: { rules: 'all' } });
    await world.credential({ secretName: 'one' });
    await world.credential({ secretName: 'two' });

    await world.sandbox.advance(12 * HOUR_MS);

    expect(overdueCheckReports(world.sandbox)).toEqual(
      Array(12).fill({ Credentials: 2, OverdueCredentials: 0 }),
    );
  });

  it('reports a credential with disabled rotation once a rotation is overdue', async () => {
    const world = await recoveryWorld({ events: { rules: 'all' } });
    const { secretArn } = await world.credential();
    await world.rotated(secretArn);
    await world.secrets.send(new CancelRotateSecretCommand({ SecretId: secretArn }));

    await world.sandbox.advance(MAX_GAP_MS);
    const before = overdueCheckReports(world.sandbox).at(-1);
    await world.sandbox.advance(OVERDUE_GRACE_MS + HOUR_MS);

    expect(before).toEqual({ Credentials: 1, OverdueCredentials: 0 });
    expect(overdueCheckReports(world.sandbox).at(-1)).toEqual({ Credentials: 1, OverdueCredentials: 1 });
  });

  it('reports a credential that fails to rotate', async () => {
    const world = await recoveryWorld({ events: { rules: 'all' } });
    const { secretArn } = await world.credential();
    await world.rotated(secretArn);
    world.crashIn('Fetch');

    await world.sandbox.advance(MAX_GAP_MS + OVERDUE_GRACE_MS + HOUR_MS);

    expect(overdueCheckReports(world.sandbox).at(-1)).toEqual({ Credentials: 1, OverdueCredentials: 1 });
  });
});
