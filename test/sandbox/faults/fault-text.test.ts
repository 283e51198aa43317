import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../sandbox/faults/fault-rule.ts';
import { formatFault, parseFault } from '../../../sandbox/faults/fault-text.ts';

describe('fault text', () => {
  it.each<[string, FaultRule]>([
    ['kms:Decrypt=hang', { target: 'kms:Decrypt', kind: 'hang' }],
    [
      'secretsmanager:PutSecretValue=throttled,nth=2',
      { target: 'secretsmanager:PutSecretValue', kind: 'throttled', when: { nth: 2 } },
    ],
    [
      'genesys:users/me=server-error,from=3',
      { target: 'genesys:users/me', kind: 'server-error', when: { from: 3 } },
    ],
    ['*=throttled,share=0.05', { target: '*', kind: 'throttled', when: { share: 0.05 } }],
    [
      'states:*=delay,nth=1,ms=300,by=rotation',
      { target: 'states:*', kind: 'delay', when: { nth: 1 }, ms: 300, by: 'rotation' },
    ],
    [
      'states:RedriveExecution=refused,error=ExecutionNotRedrivable',
      { target: 'states:RedriveExecution', kind: 'refused', error: 'ExecutionNotRedrivable' },
    ],
  ])('parses %s, and formats it the same way', (text, rule) => {
    const parsed = parseFault(text);

    expect(parsed).toStrictEqual(rule);
    expect(formatFault(parsed)).toBe(text);
  });

  it.each([
    ['no equals sign', 'kms:Decrypt', /must have the form <target>=<kind>/],
    ['an unknown kind', 'kms:Decrypt=explode', /no kind "explode"/],
    ['an unknown option', 'kms:Decrypt=hang,often=1', /'often=1' is not a valid option/],
    ['an option without a value', 'kms:Decrypt=hang,nth=', /'nth=' is not a valid option/],
    ['an option given twice', 'kms:Decrypt=hang,nth=1,nth=2', /'nth=2' is not a valid option/],
    ['two timings', 'kms:Decrypt=hang,nth=1,share=0.5', /only one of nth, from and share/],
    ['a share beyond 1', 'kms:Decrypt=hang,share=5', /share is at most 1/],
    ['a negative share', 'kms:Decrypt=hang,share=-0.1', /share is at least 0/],
    ['a share that is not a number', 'kms:Decrypt=hang,share=half', /share is a number/],
    ['a call number 0', 'kms:Decrypt=hang,nth=0', /count from 1/],
    ['a fractional call number', 'kms:Decrypt=hang,from=1.5', /whole numbers/],
    ['a delay without ms', 'kms:Decrypt=delay', /a delay needs ms/],
    ['ms for another kind', 'kms:Decrypt=hang,ms=5', /a delay needs ms, and nothing else/],
    ['refused without an error', 'kms:Decrypt=refused', /refused needs error/],
    ['an error for another kind', 'kms:Decrypt=hang,error=Oops', /no other kind has it/],
    ['an error that is not a name', 'kms:Decrypt=refused,error=<b>', /error is the name of an AWS error/],
  ])('refuses %s with one line', (_what, text, message) => {
    const parse = (): FaultRule => parseFault(text);

    expect(parse).toThrow(
      expect.objectContaining({ name: 'InvalidFault', message: expect.stringMatching(message) }),
    );
    expect(parse).toThrow(expect.objectContaining({ message: expect.not.stringContaining('\n') }));
  });
});
