import { describe, expect, it } from 'vitest';
import { REMINDER_MS } from '../../functions/notify/notify.ts';
import { HOUR_MS, MINUTE_MS } from '../../functions/shared/durations.ts';
import { OVERDUE_GRACE_MS } from '../../functions/shared/secrets/due-date.ts';
import { type RecoveryWorld, recoveryWorld } from '../recovery/recovery-world.ts';
import { overdueCheckReports } from './overdue-check-reports.ts';

/** A world that records the topic's messages. */
async function notifiedWorld() {
  const world = await recoveryWorld({ events: { rules: 'patterns' } });
  const { sandbox } = world;
  return {
    ...world,
    /** The subjects of the messages. */
    subjects: (): (string | undefined)[] => sandbox.sns.messages().map(({ subject }) => subject),
    /** Waits until events are delivered and handled. */
    settle: (): Promise<void> => sandbox.advance(MINUTE_MS),
  };
}

describe('a rotation that fails', () => {
  it('sends one message with secret, state, error, action and links', async () => {
    const world = await notifiedWorld();
    const credential = await world.credential({ secretName: 'crm/genesys' });
    world.revokeUserOf(credential.clientId);

    const { execution } = await world.rotated(credential.secretArn);
    await world.settle();

    expect(world.subjects()).toEqual([
      'Genesys token rotation failed in Refresh: RefreshTokenRejected: crm/genesys',
    ]);
    const [message] = world.sandbox.sns.messages();
    for (const part of [
      credential.secretArn,
      `aws stepfunctions redrive-execution --region us-east-1 --execution-arn ${execution?.executionArn}`,
      'https://console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/',
      'docs/runbook.md#refreshtokenrejected',
    ]) {
      expect(message?.message).toContain(part);
    }
  });

  it('sends a recovery message after a login and a redrive', async () => {
    const world = await notifiedWorld();
    const credential = await world.credential({ secretName: 'crm/genesys' });
    world.revokeUserOf(credential.clientId);
    await world.rotated(credential.secretArn);
    await world.settle();

    await world.authorizeAgain(credential);
    await world.redriven(await world.lastClosed(credential.secretArn));
    await world.settle();

    expect(world.subjects()).toEqual([
      'Genesys token rotation failed in Refresh: RefreshTokenRejected: crm/genesys',
      'Genesys token rotation works again: crm/genesys',
    ]);
  });

  it('sends a recovery message when another rotation succeeds', async () => {
    const world = await notifiedWorld();
    const credential = await world.credential({ secretName: 'crm/genesys' });
    world.crashIn('Verify');
    await world.rotated(credential.secretArn);
    await world.settle();

    world.clearFaults();
    await world.giveUp(credential.secretArn);
    await world.rotated(credential.secretArn);
    await world.settle();

    expect(world.subjects()).toEqual([
      'Genesys token rotation failed in Verify: Runtime.ExitError: crm/genesys',
      'Genesys token rotation works again: crm/genesys',
    ]);
  });

  it('sends a reminder only after the reminder interval, unless the failure changes', async () => {
    const world = await notifiedWorld();
    const { secretArn } = await world.credential({ secretName: 'crm/genesys' });
    world.crashIn('Fetch');
    await world.rotated(secretArn);
    await world.settle();
    const failAgain = async (): Promise<number> => {
      await world.redriven(await world.lastClosed(secretArn));
      await world.settle();
      return world.subjects().length;
    };

    const immediately = await failAgain();
    await world.sandbox.advance(REMINDER_MS);
    const afterInterval = await failAgain();
    world.clearFaults();
    world.crashIn('Promote');
    const inAnotherState = await failAgain();

    expect([immediately, afterInterval, inAnotherState]).toEqual([1, 2, 3]);
    expect(world.subjects().at(-1)).toBe(
      'Genesys token rotation failed in Promote: Runtime.ExitError: crm/genesys',
    );
  });

  it('sends a message when the execution was stopped', async () => {
    const world = await notifiedWorld();
    const { secretArn } = await world.credential({ secretName: 'crm/genesys' });
    world.whenIn('Verify', async executionArn => {
      await world.stop(executionArn);
      return 'crash';
    });

    await world.rotated(secretArn);
    await world.settle();

    expect(world.subjects()).toEqual([
      'Genesys token rotation failed in Verify: the execution was stopped: crm/genesys',
    ]);
  });

  it('sends no message when nothing fails', async () => {
    const world = await notifiedWorld();
    const { secretArn } = await world.credential();

    await world.rotated(secretArn);
    await world.settle();

    expect(world.subjects()).toEqual([]);
  });
});

describe('a rotation that fails before its execution starts', () => {
  const REFUSALS: readonly [string, (world: RecoveryWorld) => void][] = [
    [
      'Secrets Manager may not invoke the rotation function',
      ({ sandbox }) => {
        const role = 'secretsmanager.amazonaws.com';
        sandbox.permissions.revoke({ role, action: 'lambda:InvokeFunction' });
      },
    ],
    [
      'the rotation function may not seal',
      ({ sandbox }) => {
        sandbox.permissions.revoke({ sid: 'SealRotationToken' });
      },
    ],
  ];

  it.each(REFUSALS)('is reported by the overdue check: %s', async (_what, refuse) => {
    const world = await recoveryWorld({ events: { rules: 'all' } });
    const { sandbox } = world;
    const { secretArn } = await world.credential();
    await world.rotated(secretArn);

    refuse(world);
    // The schedule's interval plus window is nine hours, then the grace period; the overdue check runs every hour.
    await sandbox.advance(9 * HOUR_MS + OVERDUE_GRACE_MS + HOUR_MS);

    expect(world.executions(secretArn)).toHaveLength(1);
    expect(overdueCheckReports(sandbox).at(-1)).toEqual({ Credentials: 1, OverdueCredentials: 1 });
  });

  it('is an error of the rotation function, so the alarm rotation-errors counts it', async () => {
    const world = await notifiedWorld();
    const { secretArn } = await world.credential();
    world.sandbox.permissions.revoke({ sid: 'SealRotationToken' });

    const { outcome, execution } = await world.rotated(secretArn);

    expect(execution).toBeUndefined();
    expect(outcome).toMatchObject({ status: 'failed', cause: { errorType: 'AccessDeniedException' } });
  });
});

describe('a message', () => {
  it('is delivered even if SNS rejects it for several minutes', async () => {
    const world = await notifiedWorld();
    const { secretArn } = await world.credential();
    world.crashIn('Fetch');
    world.sandbox.faults.add({ target: 'sns:Publish', kind: 'server-error', when: 'always' });
    await world.rotated(secretArn);
    const refused = world.subjects().length;

    world.sandbox.faults.clear();
    await world.sandbox.advance(10 * MINUTE_MS);

    expect(refused).toBe(0);
    expect(world.subjects()).toContain(
      'Genesys token rotation failed in Fetch: Runtime.ExitError: genesys/demo',
    );
  });
});
