import { describe, expect, it } from 'vitest';
import type { AwsCall } from '../../../sandbox/aws/service.ts';
import type { FaultRule } from '../../../sandbox/faults/fault-rule.ts';
import type { Faults, InjectedFault } from '../../../sandbox/faults/faults.ts';
import { ACCOUNT_ID, faultWorld } from './fault-world.ts';

const RULE: FaultRule = { target: 'secretsmanager:GetSecretValue', kind: 'throttled' };

/** A call by the function with this short name, or by the operator. */
function call(operation: string, by = 'operator'): AwsCall {
  const functionArn = `arn:aws:lambda:us-east-1:${ACCOUNT_ID}:function:tokens-${by}`;
  return {
    service: 'secretsmanager',
    operation,
    input: {},
    caller: {
      accountId: ACCOUNT_ID,
      arn: 'arn:aws:iam::1:user/x',
      userId: 'x',
      ...(by !== 'operator' && { functionArn }),
    },
    requestId: 'request-1',
  };
}

/** Makes calls one by one; returns `x` for each call with the fault, `.` for each without. */
async function pattern(faults: Faults, calls: number, of = call('GetSecretValue')): Promise<string> {
  let results = '';
  for (let made = 0; made < calls; made++) {
    results += await faults
      .awsInterceptor(of, async () => ({}))
      .then(
        () => '.',
        () => 'x',
      );
  }
  return results;
}

describe('faults', () => {
  it.each<[string, FaultRule['when'], string]>([
    ['all', undefined, 'xxxxx'],
    ['all', 'always', 'xxxxx'],
    ['only the second', { nth: 2 }, '.x...'],
    ['the third and all after it', { from: 3 }, '..xxx'],
    ['none, with a share of 0', { share: 0 }, '.....'],
    ['all, with a share of 1', { share: 1 }, 'xxxxx'],
  ])('apply to %s of the matching calls', async (_what, when, expected) => {
    const { faults } = faultWorld();
    faults.add({ ...RULE, ...(when !== undefined && { when }) });

    expect(await pattern(faults, 5)).toBe(expected);
  });

  it('apply to a share of the calls, the same ones with the same seed', async () => {
    const thrown = async (seed: number): Promise<string> => {
      const { faults } = faultWorld({ seed });
      faults.add({ ...RULE, when: { share: 0.3 } });
      return await pattern(faults, 200);
    };

    const [first, again, other] = [await thrown(7), await thrown(7), await thrown(8)];

    expect(again).toBe(first);
    expect(other).not.toBe(first);
    const count = first.replaceAll('.', '').length;
    expect(count).toBeGreaterThan(40);
    expect(count).toBeLessThan(80);
  });

  it('use a separate random sequence for each operation and caller', async () => {
    const rule: FaultRule = { target: 'secretsmanager:*', kind: 'throttled', when: { share: 0.5 } };
    const { faults: alone } = faultWorld({ seed: 3 });
    const { faults: interleaved } = faultWorld({ seed: 3 });
    alone.add(rule);
    interleaved.add(rule);

    const undisturbed = await pattern(alone, 20, call('GetSecretValue', 'fetch'));
    let disturbed = '';
    for (let made = 0; made < 20; made++) {
      await pattern(interleaved, 1, call('DescribeSecret', 'promote'));
      disturbed += await pattern(interleaved, 1, call('GetSecretValue', 'fetch'));
    }

    expect(disturbed).toBe(undisturbed);
  });

  it.each([
    ['an operation', 'secretsmanager:GetSecretValue', undefined, 'xx.'],
    ['an operation and a function', 'secretsmanager:GetSecretValue', 'fetch', '.x.'],
    ['an operation and the operator', 'secretsmanager:GetSecretValue', 'operator', 'x..'],
    ['some of a service', 'secretsmanager:Get*', undefined, '.x.'],
    ['a service', 'secretsmanager:*', undefined, '.xx'],
    ['a service and the operator', 'secretsmanager:*', 'operator', 'x..'],
    ['one operation of any service', '*:GetSecretValue', undefined, '.x.'],
    ['everything', '*', undefined, '.xx'],
  ])('apply to the right callers when the rule names %s', async (_what, target, by, expected) => {
    const { faults } = faultWorld();
    faults.add({ target, kind: 'throttled', ...(by !== undefined && { by }) });

    const results =
      (await pattern(faults, 1, call('GetSecretValue'))) +
      (await pattern(faults, 1, call('GetSecretValue', 'fetch'))) +
      (await pattern(faults, 1, call('DescribeSecret', 'fetch')));

    expect(results).toBe(expected);
  });

  it('count a call for a later rule only if no earlier rule refused it', async () => {
    const { faults } = faultWorld();
    faults.add({ ...RULE, when: { nth: 1 } });
    faults.add({ ...RULE, kind: 'server-error', when: { nth: 2 } });

    expect(await pattern(faults, 4)).toBe('x.x.');
    expect(faults.injected().map(({ kind }) => kind)).toStrictEqual(['throttled', 'server-error']);
  });

  it('are recorded and passed to listeners', async () => {
    const { faults, clock } = faultWorld();
    const received: InjectedFault[] = [];
    const stop = faults.onInjected(fault => received.push(fault));
    const id = faults.add({ ...RULE, when: { from: 2 } });

    await pattern(faults, 2, call('GetSecretValue', 'fetch'));
    stop();
    await pattern(faults, 1, call('GetSecretValue', 'fetch'));

    const injected = {
      rule: id,
      kind: 'throttled',
      target: 'secretsmanager:GetSecretValue',
      by: 'fetch',
      requestId: 'request-1',
      at: clock.now(),
    };
    expect(received).toStrictEqual([injected]);
    expect(faults.injected()).toStrictEqual([injected, injected]);
    expect(faults.rules()).toStrictEqual([
      {
        id,
        rule: { ...RULE, when: { from: 2 } },
        text: 'secretsmanager:GetSecretValue=throttled,from=2',
        injected: 2,
      },
    ]);
  });

  it('end when they are removed', async () => {
    const { faults } = faultWorld();
    const first = faults.add(RULE);
    faults.add({ ...RULE, kind: 'server-error' });

    const removed = [faults.remove(first), faults.remove(first)];
    const left = faults.rules().map(({ text }) => text);
    faults.clear();

    expect(removed).toStrictEqual([true, false]);
    expect(left).toStrictEqual(['secretsmanager:GetSecretValue=server-error']);
    expect(await pattern(faults, 1)).toBe('.');
  });

  it.each<[string, FaultRule, RegExp]>([
    [
      'an unknown operation',
      { target: 'secretsmanager:Nope', kind: 'hang' },
      /unknown target secretsmanager:Nope/,
    ],
    ['an unknown function', { target: 'lambda:nope', kind: 'crash-before' }, /unknown target lambda:nope/],
    ['a pattern that matches nothing', { target: 'sqs:*', kind: 'hang' }, /unknown target sqs:\*/],
    [
      'a kind that does not apply to the target',
      { target: 'lambda:refresh', kind: 'hang' },
      /hang does not apply to lambda:refresh\. Choose one of: crash-before, /,
    ],
    [
      'a named error for a function',
      { target: 'lambda:refresh', kind: 'refused', error: 'Oops' },
      /refused does not apply to lambda:refresh/,
    ],
    ['a kind of functions for AWS', { target: 'secretsmanager:*', kind: 'crash-after' }, /does not apply to/],
    [
      'an unknown caller',
      { ...RULE, by: 'nobody' },
      /no function nobody; by is operator or one of rotation, fetch/,
    ],
    [
      'a caller for a function',
      { target: 'lambda:refresh', kind: 'crash-after', by: 'fetch' },
      /by belongs to calls of AWS/,
    ],
    [
      'refused connections of an endpoint that no function calls',
      { target: 'genesys:authorize', kind: 'connection-refused' },
      /name one with by/,
    ],
  ])('refuse %s', (_what, rule, message) => {
    const { faults } = faultWorld();

    expect(() => faults.add(rule)).toThrow(
      expect.objectContaining({ name: 'InvalidFault', message: expect.stringMatching(message) }),
    );
    expect(faults.rules()).toStrictEqual([]);
  });
});
