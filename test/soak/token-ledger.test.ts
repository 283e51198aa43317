import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startRepeatable } from '../../bench/soak/repeatable-sandbox.ts';
import { TokenLedger } from '../../bench/soak/token-ledger.ts';
import { tokensWith } from '../../bench/token-locator.ts';
import type { FaultRule } from '../../sandbox/faults/fault-rule.ts';
import { createFirstCredential } from '../../sandbox/first-credential.ts';

const NOT_RECORDED: FaultRule = {
  target: 'dynamodb:TransactWriteItems',
  kind: 'access-denied',
  by: 'refresh',
};

/** Rotates once with faults, which leave AWSCURRENT unchanged. */
async function rotatedWith(rules: readonly FaultRule[]) {
  const ledger = new TokenLedger();
  const sandbox = await startRepeatable({
    assemblyDirectory: inject('assemblyDirectory'),
    seed: 1,
    secretsManager: { retryDelaysMs: [] },
    invocationInterceptors: [ledger.invocationInterceptor],
  });
  onTestFinished(() => sandbox.close());
  ledger.attach(sandbox);
  const { secretArn, clientId } = await createFirstCredential(sandbox);
  const first = tokensWith('AWSCURRENT', secretArn, sandbox);
  for (const rule of rules) sandbox.faults.add(rule);
  sandbox.secretsManager.enableRotation(secretArn, sandbox.rotationFunctionArn, {
    ScheduleExpression: 'rate(8 hours)',
  });

  await sandbox.advance(8.5 * 3_600_000);

  expect(tokensWith('AWSCURRENT', secretArn, sandbox)).toStrictEqual(first);
  const live = ledger.liveToken(secretArn, clientId);
  if (live === undefined) throw new Error('No refresh token is live.');
  expect(live).not.toBe(first?.refreshToken);
  return { ledger, secretArn, clientId, live };
}

describe('TokenLedger', () => {
  it.each<[string, readonly FaultRule[]]>([
    ['stored', [{ target: 'lambda:verify', kind: 'access-denied' }]],
    ['recorded', [{ target: 'kms:Decrypt', kind: 'access-denied', by: 'store-pending' }]],
    ['recorded', [{ target: 'lambda:refresh', kind: 'crash-after' }]],
    ['sealed', [NOT_RECORDED, { target: 'kms:Decrypt', kind: 'access-denied', by: 'store-pending' }]],
    ['lost in transit', [{ target: 'genesys:token', kind: 'response-lost', when: { nth: 1 } }]],
    ['lost in transit', [NOT_RECORDED, { target: 'lambda:refresh', kind: 'crash-after', when: { nth: 1 } }]],
  ])('finds the newest refresh token %s after %j', async (location, rules) => {
    const { ledger, secretArn, clientId, live } = await rotatedWith(rules);

    await expect(ledger.location(secretArn, live)).resolves.toBe(location);
    await expect(ledger.unreachable(secretArn, clientId)).resolves.toBeUndefined();
  });

  it('does not accept the loss of a refresh token without a fault', async () => {
    const { ledger } = await rotatedWith([{ target: 'lambda:verify', kind: 'access-denied' }]);

    await expect(ledger.location('arn', '0123456789abcdef')).resolves.toBe('lost');
  });
});
