import fc from 'fast-check';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { HUMAN_ACTIONS } from '../../bench/soak/person.ts';
import { startRepeatable } from '../../bench/soak/repeatable-sandbox.ts';
import { TokenLedger } from '../../bench/soak/token-ledger.ts';
import {
  AWS_FAULTS,
  type FaultKind,
  type FaultRule,
  FUNCTION_FAULTS,
  GENESYS_FAULTS,
  ITEM_WRITE_FAULTS,
} from '../../sandbox/faults/fault-rule.ts';
import { type Action, RotatedCredential } from './rotation-actions.ts';

/** Environment variables that select other or more sequences. */
const { SEQUENCES_SEED = '1', SEQUENCES_RUNS = '12' } = process.env;

/** With a `*`, only calls of the functions get the fault. */
const AWS_TARGETS = [
  'secretsmanager:DescribeSecret*',
  'secretsmanager:GetSecretValue*',
  'secretsmanager:PutSecretValue*',
  'secretsmanager:UpdateSecretVersionStage*',
  'kms:Decrypt*',
  'kms:GenerateDataKey*',
  'states:StartExecution*',
  'states:DescribeExecution*',
  'states:RedriveExecution*',
];
/** Only calls on the journal, by the functions that make them: `notify` also uses a table. */
const JOURNAL_CALLS = [
  { target: 'dynamodb:GetItem*', by: ['refresh', 'store-pending'], kinds: AWS_FAULTS },
  { target: 'dynamodb:PutItem*', by: ['refresh'], kinds: [...AWS_FAULTS, ...ITEM_WRITE_FAULTS] },
  {
    target: 'dynamodb:UpdateItem*',
    by: ['refresh', 'promote'],
    kinds: [...AWS_FAULTS, ...ITEM_WRITE_FAULTS],
  },
  {
    target: 'dynamodb:TransactWriteItems*',
    by: ['refresh', 'store-pending'],
    kinds: [...AWS_FAULTS, ...ITEM_WRITE_FAULTS],
  },
];
const FUNCTIONS = ['rotation', 'fetch', 'refresh', 'store-pending', 'verify', 'promote'];

const rules = (targets: readonly string[], kinds: readonly FaultKind[]): fc.Arbitrary<FaultRule> =>
  fc.record({
    target: fc.constantFrom(...targets),
    kind: fc.constantFrom(...kinds.filter(kind => kind !== 'delay')),
    when: fc.constantFrom({ nth: 1 } as const, { nth: 2 } as const, 'always' as const),
  });

const journalRules = fc.oneof(
  ...JOURNAL_CALLS.map(({ target, by, kinds }) =>
    fc
      .tuple(rules([target], kinds), fc.constantFrom(...by))
      .map(([each, caller]): FaultRule => ({ ...each, by: caller })),
  ),
);

const rule = fc.oneof(
  rules(AWS_TARGETS, AWS_FAULTS),
  journalRules,
  rules(
    FUNCTIONS.map(name => `lambda:${name}`),
    FUNCTION_FAULTS,
  ),
  rules(['genesys:token', 'genesys:users/me'], GENESYS_FAULTS),
);

/** Moments within a rotation, which takes about two seconds, and times after which something else is due. */
const WAITS_MS = [
  100, 200, 300, 400, 500, 700, 1_000, 1_500, 3_000, 10_000, 60_000, 600_000, 32_400_000, 90_000_000,
];

/** Weighted so that most rotations encounter a fault. */
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Action>({ kind: 'rotate' }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(...WAITS_MS) }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('fault' as const), rule }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('human' as const),
      action: fc.constantFrom(...HUMAN_ACTIONS),
      choice: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Action>({ kind: 'removePending' }) },
);

/** Once lost a token: attempts that fail for a day leave many versions without a value, and many executions. */
const LONG_FAILURE: Action[] = [
  { kind: 'fault', rule: { target: 'kms:Decrypt*', kind: 'throttled' } },
  { kind: 'rotate' },
  { kind: 'wait', ms: 90_000_000 },
];

/** Hundreds of rotations in real processes take minutes on a busy machine. */
const TIMEOUT_MS = 300_000;

describe('a credential under random actions and faults', { timeout: TIMEOUT_MS }, () => {
  it('is always complete, leads to its newest live refresh token, is replaced by an older one only by people, and is saved if possible', async () => {
    const ledger = new TokenLedger();
    const sandbox = await startRepeatable({
      assemblyDirectory: inject('assemblyDirectory'),
      seed: 1,
      invocationInterceptors: [ledger.invocationInterceptor],
    });
    onTestFinished(() => sandbox.close());
    ledger.attach(sandbox);
    let runs = 0;
    const sequence = fc.array(action, { minLength: 6, maxLength: 20 });
    const retryToken = fc.constantFrom('same' as const, 'fresh' as const);

    const pending = fc.constantFrom('removed' as const, 'kept' as const);
    const world = fc.record({
      retryToken,
      pendingAfterForeignWrite: pending,
      readLagMs: fc.constantFrom(0, 1_000, 2_000),
    });

    const recovery = fc.constantFrom('redrives' as const, 'rotation' as const);

    const property = fc.asyncProperty(sequence, world, recovery, async (actions, behaviour, by) => {
      runs += 1;
      Object.assign(sandbox.secretsManager.behaviour, behaviour);
      const credential = await RotatedCredential.create(sandbox, ledger, `sequence/${runs}`);
      try {
        for (const each of actions) {
          await credential.act(each);
          expect(await credential.invariants.violations()).toStrictEqual([]);
        }
        await credential.recover(by);
        expect(await credential.invariants.violations()).toStrictEqual([]);
        expect(await credential.invariants.isSaved()).toBe(true);
      } finally {
        await credential.delete();
      }
    });

    await fc.assert(property, {
      seed: Number(SEQUENCES_SEED),
      numRuns: Number(SEQUENCES_RUNS),
      examples: [
        [
          LONG_FAILURE,
          { retryToken: 'fresh', pendingAfterForeignWrite: 'removed', readLagMs: 0 },
          'rotation',
        ],
      ],
    });
  });
});
