import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startRepeatable } from '../../bench/soak/repeatable-sandbox.ts';
import { currentVersionId, TokenLedger } from '../../bench/soak/token-ledger.ts';
import { createFirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import type { FaultRule } from '../../sandbox/faults/fault-rule.ts';

/** Rotates once with a fault; answers where the live refresh token is afterwards. */
async function whereaboutsAfter(rule: FaultRule): Promise<string> {
  const ledger = new TokenLedger();
  const sandbox = await startRepeatable({
    assemblyDirectory: inject('assemblyDirectory'),
    seed: 1,
    secretsManager: { retryDelaysMs: [] },
    awsInterceptors: [ledger.awsInterceptor],
  });
  onTestFinished(() => sandbox.close());
  ledger.attach(sandbox);
  const { secretArn, clientId } = await createFirstCredential(sandbox);
  const first = ledger.tokensOf(secretArn, currentVersionId(sandbox, secretArn));
  sandbox.faults.add(rule);
  sandbox.secretsManager.enableRotation(secretArn, sandbox.rotationFunctionArn, {
    ScheduleExpression: 'rate(8 hours)',
  });

  await sandbox.advance(8.5 * 3_600_000);

  const live = sandbox.genesysCloud
    .lineages(clientId)
    .flatMap(({ tokens }) => tokens)
    .find(({ kind, state }) => kind === 'refresh' && state === 'live');
  expect(ledger.tokensOf(secretArn, currentVersionId(sandbox, secretArn))).toStrictEqual(first);
  expect(live?.fingerprint).not.toBe(first?.refreshToken);
  return await ledger.whereabouts(secretArn, live?.fingerprint ?? '');
}

describe('TokenLedger', () => {
  it.each<[string, FaultRule]>([
    ['stored', { target: 'lambda:verify', kind: 'access-denied' }],
    ['sealed', { target: 'kms:Decrypt', kind: 'access-denied', by: 'store-pending' }],
    ['lost on the wire', { target: 'genesys:token', kind: 'answer-lost', when: { nth: 1 } }],
    ['lost on the wire', { target: 'lambda:refresh', kind: 'crash-after', when: { nth: 1 } }],
  ])('finds the newest refresh token %s', async (whereabouts, rule) => {
    await expect(whereaboutsAfter(rule)).resolves.toBe(whereabouts);
  });

  it('has no excuse for a refresh token that left without a fault', async () => {
    const ledger = new TokenLedger();

    await expect(ledger.whereabouts('arn', '0123456789abcdef')).resolves.toBe('lost');
  });
});
