import { describe, expect, inject, it } from 'vitest';
import { MINUTE_MS } from '../../functions/shared/durations.ts';
import { Permissions } from '../../sandbox/iam/permissions.ts';
import { readStack } from '../../sandbox/template/stack-model.ts';
import { recoveryWorld } from '../recovery/recovery-world.ts';

const ACCOUNT = { accountId: '123456789012', region: 'us-east-1', partition: 'aws' };

const stack = readStack({ assemblyDirectory: inject('assemblyDirectory'), ...ACCOUNT });
const role = stack.roles.find(({ arn }) =>
  stack.functions.some(({ name, roleArn }) => name.endsWith('-notify') && roleArn === arn),
);

/** The permissions that `notify` needs to send messages. */
const grants = new Permissions({ ...ACCOUNT, stack })
  .granted()
  .filter(grant => grant.role === role?.name && !/^(logs|xray):/.test(grant.action));

describe('a message, when notify has lost a permission,', () => {
  it.each(grants)('is sent once $action is restored', async ({ role: name, sid, action, resource }) => {
    const world = await recoveryWorld({ events: { rules: 'patterns' } });
    const { sandbox } = world;
    const credential = await world.credential({ secretName: 'crm/genesys' });
    const restore = sandbox.permissions.revoke({ role: name, sid, action, resource });
    world.crashIn('Verify');
    // Only the recovery message needs these actions.
    const isForRecovery = ['dynamodb:DeleteItem', 'secretsmanager:DescribeSecret'].includes(action);

    await world.rotated(credential.secretArn);
    if (isForRecovery) {
      await sandbox.advance(MINUTE_MS);
      world.clearFaults();
      await world.redriven(await world.lastClosed(credential.secretArn));
    }
    await sandbox.advance(30_000);
    const denied = sandbox.permissions.denials().map(denial => denial.action);
    restore();
    await sandbox.advance(10 * MINUTE_MS);

    expect(denied).toContain(action);
    const subjects = sandbox.sns.messages().map(({ subject = '' }) => subject);
    expect(subjects.length).toBeGreaterThan(0);
    expect(subjects.at(-1)).toMatch(isForRecovery ? /works again/ : /failed/);
  });
});
