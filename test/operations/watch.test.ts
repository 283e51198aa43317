import { CancelRotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../helpers/durations.ts';
import { type RecoveryWorld, recoveryWorld } from '../recovery/recovery-world.ts';

/** The hourly report of the watch. */
const report = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ Credentials: v.number(), OverdueCredentials: v.number() }),
);

function reports({ sandbox }: RecoveryWorld) {
  const watch = sandbox.stack.functions.find(({ name }) => name.endsWith('-watch'));
  return sandbox.lambda.logs(watch?.name ?? '').flatMap(({ text }) => {
    const parsed = v.safeParse(report, text);
    return parsed.success ? [parsed.output] : [];
  });
}

describe('the watch', () => {
  it('reports the number of credentials every hour, and none as overdue while they rotate in time', async () => {
    const world = await recoveryWorld({ events: { rules: 'all' } });
    await world.credential({ secretName: 'one' });
    await world.credential({ secretName: 'two' });

    await world.sandbox.advance(12 * HOUR_MS);

    expect(reports(world)).toEqual(Array(12).fill({ Credentials: 2, OverdueCredentials: 0 }));
  });

  it('reports a credential with disabled rotation once a rotation is missing', async () => {
    const world = await recoveryWorld({ events: { rules: 'all' } });
    const { secretArn } = await world.credential();
    await world.rotated(secretArn);
    await world.secrets.send(new CancelRotateSecretCommand({ SecretId: secretArn }));

    // Interval and window of the schedule are nine hours, and there is one of grace.
    await world.sandbox.advance(9 * HOUR_MS);
    const before = reports(world).at(-1);
    await world.sandbox.advance(2 * HOUR_MS);

    expect(before).toEqual({ Credentials: 1, OverdueCredentials: 0 });
    expect(reports(world).at(-1)).toEqual({ Credentials: 1, OverdueCredentials: 1 });
  });

  it('reports a credential that fails to rotate', async () => {
    const world = await recoveryWorld({ events: { rules: 'all' } });
    const { secretArn } = await world.credential();
    await world.rotated(secretArn);
    world.crashIn('Fetch');

    await world.sandbox.advance(11 * HOUR_MS);

    expect(reports(world).at(-1)).toEqual({ Credentials: 1, OverdueCredentials: 1 });
  });
});
