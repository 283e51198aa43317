import { describe, expect, inject, it } from 'vitest';
import { broken, type FirstOutcome, firstOutcome } from '../../../bench/fault-matrix/expectation.ts';
import { runMatrix, titleOf } from '../../../bench/fault-matrix/matrix.ts';
import { KINDS, nameOf } from '../../../bench/fault-matrix/rotation-calls.ts';

/** Every call of a rotation once, and every kind of fault for each sort of call. */
const SLICE: readonly (readonly [title: string, outcome: FirstOutcome, error: string | undefined])[] = [
  ['rotation createSecret: its invocation crash-before once', 'not started', 'Runtime.ExitError'],
  ['rotation setSecret: its invocation crash-after lasting', 'confirmed later', 'Runtime.ExitError'],
  ['rotation testSecret: its invocation timeout-before lasting', 'confirmed later', 'Sandbox.Timedout'],
  ['rotation finishSecret: its invocation timeout-after once', 'confirmed later', 'Sandbox.Timedout'],
  ['fetch its invocation out-of-memory lasting', 'unspent', 'Runtime.ExitError'],
  ['refresh its invocation throttled lasting', 'unspent', 'Lambda.TooManyRequestsException'],
  ['store-pending its invocation server-error once', 'rotated', undefined],
  ['verify its invocation access-denied lasting', 'stored', 'Lambda.AWSLambdaException'],
  ['promote its invocation answer-lost lasting', 'confirmed later', 'Lambda.SdkClientException'],
  ['rotation createSecret: secretsmanager:DescribeSecret throttled once', 'rotated', undefined],
  [
    'rotation createSecret: kms:GenerateDataKey of the rotation-token server-error lasting',
    'not started',
    'KMSInternalException',
  ],
  [
    'rotation createSecret: states:StartExecution access-denied lasting',
    'not started',
    'AccessDeniedException',
  ],
  ['rotation createSecret: states:DescribeExecution connection-refused once', 'rotated', undefined],
  ['rotation testSecret: secretsmanager:DescribeSecret delay lasting', 'confirmed later', 'TimeoutError'],
  ['rotation finishSecret: secretsmanager:DescribeSecret hang once', 'rotated', undefined],
  ['fetch secretsmanager:DescribeSecret hang-after lasting', 'unspent', 'TimeoutError'],
  ['fetch secretsmanager:GetSecretValue of AWSCURRENT wrong-body lasting', 'unspent', 'SyntaxError'],
  [
    'fetch secretsmanager:GetSecretValue of the pending version throttled lasting',
    'unspent',
    'ThrottlingException',
  ],
  ['fetch secretsmanager:ListSecretVersionIds server-error lasting', 'unspent', 'InternalServiceError'],
  ['refresh kms:GenerateDataKey of the secret-value access-denied once', 'unspent', 'AccessDeniedException'],
  [
    'refresh secretsmanager:GetSecretValue of AWSCURRENT connection-refused lasting',
    'unspent',
    'TimeoutError',
  ],
  ['store-pending kms:Decrypt of the rotation-token answer-lost lasting', 'sealed', 'TimeoutError'],
  ['store-pending kms:Decrypt of the secret-value delay once', 'rotated', undefined],
  ['store-pending secretsmanager:DescribeSecret hang lasting', 'sealed', 'TimeoutError'],
  ['store-pending secretsmanager:PutSecretValue hang-after lasting', 'stored', 'TimeoutError'],
  ['verify secretsmanager:GetSecretValue of the pending version wrong-body once', 'stored', 'SyntaxError'],
  ['promote secretsmanager:UpdateSecretVersionStage throttled lasting', 'stored', 'ThrottlingException'],
  ['refresh genesys:token throttled once', 'rotated', undefined],
  ['verify genesys:users/me server-error lasting', 'stored', 'GenesysUnavailable'],
  ['refresh genesys:token connection-refused lasting', 'unspent', 'GenesysUnavailable'],
  ['verify genesys:users/me answer-lost once', 'rotated', undefined],
  ['refresh genesys:token delay lasting', 'rotated', undefined],
  ['verify genesys:users/me hang lasting', 'stored', 'GenesysUnavailable'],
  ['refresh genesys:token hang-after once', 'lost', 'RefreshTokenRejected'],
  ['verify genesys:users/me wrong-body lasting', 'stored', 'GenesysUnavailable'],
  ['refresh genesys:token empty-body lasting', 'lost', 'GenesysAnswerLost'],
  ['verify genesys:users/me redirect once', 'rotated', undefined],
  ['refresh genesys:token huge-body lasting', 'lost', 'GenesysAnswerLost'],
];

describe('runMatrix', () => {
  it('lets each kind of fault befall a call, and each call be befallen, and nothing is lost that could be saved', async () => {
    const titles = new Set(SLICE.map(([title]) => title));
    const possible: { kind: string; site: string }[] = [];

    const cells = await runMatrix({
      assemblyDirectory: inject('assemblyDirectory'),
      takes: fault => {
        possible.push({ kind: `${fault.site.sort} ${fault.kind}`, site: nameOf(fault.site) });
        return titles.has(titleOf(fault));
      },
    });

    const outcomes = cells.map(({ fault, retried }) => [
      titleOf(fault),
      [firstOutcome(retried), retried.first.error],
    ]);
    expect(Object.fromEntries(outcomes)).toStrictEqual(
      Object.fromEntries(SLICE.map(([title, ...outcome]) => [title, outcome])),
    );
    expect(cells.flatMap(broken)).toStrictEqual([]);
    expect(new Set(cells.map(({ fault }) => nameOf(fault.site)))).toStrictEqual(
      new Set(possible.map(({ site }) => site)),
    );
    expect(new Set(cells.map(({ fault }) => `${fault.site.sort} ${fault.kind}`))).toStrictEqual(
      new Set(possible.map(({ kind }) => kind)),
    );
    expect(possible).toHaveLength(
      2 * (9 * KINDS.invocation.length + 18 * KINDS.aws.length + 2 * KINDS.genesys.length),
    );
  });
});
