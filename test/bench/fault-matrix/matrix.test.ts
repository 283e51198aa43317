import { describe, expect, inject, it } from 'vitest';
import { type FirstOutcome, firstOutcome, problemsOf } from '../../../bench/fault-matrix/expectation.ts';
import { runMatrix, titleOf } from '../../../bench/fault-matrix/matrix.ts';
import { KILLS, nameOf, type PlannedFault } from '../../../bench/fault-matrix/rotation-calls.ts';
import { AWS_FAULTS, FUNCTION_FAULTS, GENESYS_FAULTS } from '../../../sandbox/faults/fault-rule.ts';

/** Each call of each scenario once, and every kind of fault for each sort of call. */
const SLICE: readonly (readonly [title: string, outcome: FirstOutcome, error: string | undefined])[] = [
  ['rotation createSecret: its invocation crash-before once', 'not started', 'Runtime.ExitError'],
  ['rotation setSecret: its invocation crash-after lasting', 'confirmed later', 'Runtime.ExitError'],
  ['rotation testSecret: its invocation timeout-before lasting', 'confirmed later', 'Sandbox.Timedout'],
  ['rotation finishSecret: its invocation timeout-after once', 'confirmed later', 'Sandbox.Timedout'],
  ['rotation createSecret: secretsmanager:DescribeSecret throttled once', 'rotated', undefined],
  [
    'rotation createSecret: kms:GenerateDataKey of the rotation-token server-error lasting',
    'not started',
    'KMSInternalException',
  ],
  ['rotation createSecret: states:StartExecution hang-after lasting', 'rotated', undefined],
  ['rotation createSecret: states:StartExecution killed-after once', 'confirmed later', 'Runtime.ExitError'],
  ['rotation createSecret: secretsmanager:DescribeSecret connection-refused once', 'rotated', undefined],
  ['rotation testSecret: secretsmanager:DescribeSecret delay lasting', 'confirmed later', 'TimeoutError'],
  ['rotation finishSecret: secretsmanager:DescribeSecret hang once', 'rotated', undefined],
  ['fetch its invocation out-of-memory lasting', 'unspent', 'Runtime.ExitError'],
  ['fetch secretsmanager:DescribeSecret hang-after lasting', 'unspent', 'TimeoutError'],
  ['fetch secretsmanager:GetSecretValue of AWSCURRENT wrong-body lasting', 'unspent', 'SyntaxError'],
  ['refresh its invocation crash-after lasting', 'recorded', 'Runtime.ExitError'],
  ['refresh its invocation throttled lasting', 'unspent', 'Lambda.TooManyRequestsException'],
  ['refresh dynamodb:GetItem of the current token throttled lasting', 'unspent', 'ThrottlingException'],
  ['refresh dynamodb:GetItem of the lineage hang once', 'rotated', undefined],
  ['refresh dynamodb:PutItem response-lost once', 'rotated', undefined],
  ['refresh dynamodb:PutItem transaction-conflict lasting', 'unspent', 'TransactionConflictException'],
  ['refresh dynamodb:TransactWriteItems access-denied lasting', 'rotated', undefined],
  ['refresh dynamodb:TransactWriteItems killed-before once', 'lost', 'RefreshTokenRejected'],
  ['refresh dynamodb:TransactWriteItems killed-after lasting', 'rotated', undefined],
  ['refresh kms:GenerateDataKey of the token-pair access-denied once', 'unspent', 'AccessDeniedException'],
  [
    'refresh secretsmanager:GetSecretValue of AWSCURRENT connection-refused lasting',
    'unspent',
    'TimeoutError',
  ],
  ['refresh genesys:token throttled once', 'rotated', undefined],
  ['refresh genesys:token connection-refused lasting', 'unspent', 'GenesysUnavailable'],
  ['refresh genesys:token delay lasting', 'rotated', undefined],
  ['refresh genesys:token hang-after once', 'lost', 'RefreshTokenRejected'],
  ['refresh genesys:token empty-body lasting', 'lost', 'TokenResponseLost'],
  ['refresh genesys:token huge-body lasting', 'lost', 'TokenResponseLost'],
  ['refresh genesys:token killed-before once', 'rotated', undefined],
  ['refresh genesys:token killed-after once', 'lost', 'RefreshTokenRejected'],
  ['store-pending its invocation server-error once', 'rotated', undefined],
  ['store-pending dynamodb:GetItem of the lineage server-error lasting', 'recorded', 'InternalServerError'],
  ['store-pending dynamodb:GetItem of the newest token wrong-body once', 'rotated', undefined],
  ['store-pending kms:Decrypt of the rotation-token response-lost lasting', 'confirmed later', undefined],
  ['store-pending kms:Decrypt of the token-pair delay lasting', 'recorded', 'TimeoutError'],
  ['store-pending secretsmanager:GetSecretValue of AWSCURRENT hang lasting', 'recorded', 'TimeoutError'],
  ['store-pending secretsmanager:PutSecretValue hang-after lasting', 'stored', 'TimeoutError'],
  ['store-pending dynamodb:UpdateItem throttled lasting', 'stored', 'ThrottlingException'],
  ['verify its invocation access-denied lasting', 'stored', 'Lambda.AWSLambdaException'],
  ['verify secretsmanager:GetSecretValue of the pending version wrong-body lasting', 'stored', 'SyntaxError'],
  ['verify genesys:users/me server-error lasting', 'stored', 'GenesysUnavailable'],
  ['verify genesys:users/me response-lost once', 'rotated', undefined],
  ['verify genesys:users/me hang lasting', 'stored', 'GenesysUnavailable'],
  ['verify genesys:users/me wrong-body lasting', 'stored', 'GenesysUnavailable'],
  ['verify genesys:users/me redirect once', 'rotated', undefined],
  ['promote its invocation response-lost lasting', 'rotated', 'Lambda.SdkClientException'],
  ['promote dynamodb:UpdateItem throttled lasting', 'stored', 'ThrottlingException'],
  ['promote secretsmanager:DescribeSecret access-denied lasting', 'stored', 'AccessDeniedException'],
  ['promote secretsmanager:UpdateSecretVersionStage throttled lasting', 'stored', 'ThrottlingException'],
  [
    'older value: refresh dynamodb:GetItem of the newest token throttled lasting',
    'unspent',
    'ThrottlingException',
  ],
  [
    'older value: refresh kms:Decrypt of the token-pair access-denied lasting',
    'unspent',
    'AccessDeniedException',
  ],
  [
    'older value: store-pending dynamodb:GetItem of the current token throttled lasting',
    'recorded',
    'ThrottlingException',
  ],
  ['unrecorded: refresh its invocation out-of-memory once', 'lost', 'RefreshTokenRejected'],
  ['unrecorded: store-pending its invocation crash-before lasting', 'sealed', 'Runtime.ExitError'],
  ['unrecorded: store-pending dynamodb:GetItem of the lineage throttled once', 'rotated', undefined],
  [
    'unrecorded: store-pending dynamodb:GetItem of the newest token throttled lasting',
    'sealed',
    'ThrottlingException',
  ],
  [
    'unrecorded: store-pending dynamodb:TransactWriteItems throttled lasting',
    'sealed',
    'TransactionCanceledException',
  ],
  ['unrecorded: store-pending kms:Decrypt of the rotation-token throttled once', 'rotated', undefined],
  [
    'unrecorded: store-pending kms:Decrypt of the token-pair throttled lasting',
    'sealed',
    'ThrottlingException',
  ],
  [
    'unrecorded: store-pending secretsmanager:GetSecretValue of AWSCURRENT throttled once',
    'rotated',
    undefined,
  ],
  [
    'unrecorded: store-pending secretsmanager:PutSecretValue throttled lasting',
    'recorded',
    'ThrottlingException',
  ],
  ['unrecorded: store-pending dynamodb:UpdateItem throttled lasting', 'stored', 'ThrottlingException'],
];

/**
 * The number of calls in all scenarios. Calls that write items have one more kind of fault, and the function can be
 * killed before and after each write.
 */
const CALLS = { invocation: 11, aws: 35, itemWrites: 6, genesys: 2, writes: 11 };

function siteOf({ scenario, site }: PlannedFault): string {
  return `${scenario}: ${nameOf(site)}`;
}

describe('runMatrix', () => {
  it('injects each kind of fault, and a fault into each call, and loses nothing that could be saved', {
    timeout: 240_000,
  }, async () => {
    const titles = new Set(SLICE.map(([title]) => title));
    const possible: { kind: string; site: string }[] = [];

    const cells = await runMatrix({
      assemblyDirectory: inject('assemblyDirectory'),
      includes: fault => {
        possible.push({ kind: `${fault.site.sort} ${fault.kind}`, site: siteOf(fault) });
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
    expect(cells.flatMap(problemsOf)).toStrictEqual([]);
    expect(new Set(cells.map(({ fault }) => siteOf(fault)))).toStrictEqual(
      new Set(possible.map(({ site }) => site)),
    );
    expect(new Set(cells.map(({ fault }) => `${fault.site.sort} ${fault.kind}`))).toStrictEqual(
      new Set(possible.map(({ kind }) => kind)),
    );
    expect(possible).toHaveLength(
      2 *
        (CALLS.invocation * FUNCTION_FAULTS.length +
          CALLS.aws * AWS_FAULTS.length +
          CALLS.itemWrites +
          CALLS.genesys * GENESYS_FAULTS.length +
          CALLS.writes * KILLS.length),
    );
  });
});
