import { describe, expect, inject, it } from 'vitest';
import type { RecordedEvent } from '../../sandbox/cloudtrail/cloudtrail.ts';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import type { Grant } from '../../sandbox/iam/grants.ts';
import { Permissions } from '../../sandbox/iam/permissions.ts';
import type { RotationOutcome } from '../../sandbox/secrets-manager/rotation.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { readStack } from '../../sandbox/template/stack-model.ts';
import { expectSaved } from './expect-saved.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

const ACCOUNT = { accountId: '123456789012', region: 'us-east-1', partition: 'aws' };
const RETRY_MS = 600_000;

/** Longer than the mark of an exchange lasts. */
const MARK_OVER_MS = 60_000;

/** Longer than the lifetime of an access token. */
const EXPIRED_MS = 25 * 3_600_000;

/** The error that an operator sees when a grant is missing. */
interface Failure {
  readonly error: string | undefined;
  readonly text: string;
}

/** Runs a rotation to the call that needs a grant, and revokes the grant with `lose` before that. */
type Scenario = (
  world: RecoveryWorld,
  credential: FirstCredential,
  lose: () => void,
) => Promise<{ readonly versionId: string; readonly outcome: RotationOutcome }>;

/** A scenario, and how the rotation ends once the grant is restored. */
interface Use {
  readonly scenario: Scenario;
  /** Default: 1. */
  readonly refreshes?: number;
  /** Whether a stale read of AWSCURRENT would save a refresh. */
  readonly needsFreshReads?: true;
}

const anyRotation: Scenario = async (world, { secretArn }, lose) => {
  lose();
  return await world.rotated(secretArn);
};

const retriedRotation: Scenario = async (world, { secretArn }, lose) => {
  world.crashIn('StorePending');
  const { versionId } = await world.rotated(secretArn);
  world.serveAll();
  lose();
  await world.sandbox.advance(RETRY_MS);
  return { versionId, outcome: await world.outcome(secretArn, versionId) };
};

/** AWSCURRENT is on a version derived from the rotation's own version, and AWSPENDING is on the latter. */
const leftoverLabel: Scenario = async (world, { secretArn }, lose) => {
  world.sandbox.secretsManager.behaviour.pendingAfterForeignWrite = 'kept';
  world.before('promote', () => world.editSecret(secretArn, { queue: 'added by hand' }));
  const { versionId, outcome } = await world.rotated(secretArn);
  await world.sandbox.advance(RETRY_MS);
  await world.movePending(secretArn, versionId);
  lose();
  await world.invokeStep('createSecret', secretArn, versionId);
  return { versionId, outcome };
};

/** AWSCURRENT holds an old value, and the newest pair has expired: its refresh token is only in the journal. */
const expiredPair: Scenario = async (world, { secretArn }, lose) => {
  const old = await world.currentValue(secretArn);
  await world.rotated(secretArn);
  world.enable(secretArn);
  await world.sandbox.advance(EXPIRED_MS);
  await world.put(secretArn, old);
  lose();
  return await world.rotated(secretArn);
};

/** The journal does not record an exchange, and the failed execution of another rotation has the pair. */
const unsettledExchange: Scenario = async (world, { secretArn }, lose) => {
  refuseToRecord(world);
  world.crashIn('StorePending');
  await world.rotated(secretArn);
  await world.giveUp(secretArn);
  world.serveAll();
  await world.sandbox.advance(MARK_OVER_MS);
  lose();
  return await world.rotated(secretArn);
};

/** Refresh cannot record the pair, so StorePending records it. */
const recordedByStorePending: Scenario = async (world, { secretArn }, lose) => {
  refuseToRecord(world);
  lose();
  return await world.rotated(secretArn);
};

/** The stored version has lost AWSPENDING, and a repeated PutSecretValue does not move the label. */
const movedLabel: Scenario = async (world, { secretArn }, lose) => {
  world.crashIn('Verify');
  const { versionId, outcome } = await world.rotated(secretArn);
  world.serveAll();
  await world.movePending(secretArn, (await world.versionWith(secretArn, 'AWSCURRENT')) ?? '');
  lose();
  await world.redriven(await world.lastClosed(secretArn));
  return { versionId, outcome };
};

function refuseToRecord({ sandbox }: RecoveryWorld): void {
  sandbox.faults.add({ target: 'dynamodb:TransactWriteItems', kind: 'server-error', by: 'refresh' });
}

/** The scenarios in which a rotation fails without a grant, by the grant's owner and action. */
const SCENARIOS: Readonly<Record<string, Use>> = {
  'rotation secretsmanager:DescribeSecret': { scenario: anyRotation },
  'rotation kms:GenerateDataKey': { scenario: anyRotation },
  'rotation states:StartExecution': { scenario: anyRotation },
  'rotation states:DescribeExecution': { scenario: retriedRotation },
  'rotation states:RedriveExecution': { scenario: retriedRotation },
  'fetch secretsmanager:DescribeSecret': { scenario: anyRotation },
  'fetch secretsmanager:GetSecretValue': { scenario: anyRotation },
  'fetch secretsmanager:UpdateSecretVersionStage': { scenario: leftoverLabel },
  'refresh secretsmanager:GetSecretValue': { scenario: anyRotation },
  'refresh dynamodb:GetItem': { scenario: anyRotation },
  'refresh dynamodb:PutItem': { scenario: anyRotation },
  'refresh kms:GenerateDataKey': { scenario: anyRotation },
  'refresh kms:Decrypt': { scenario: expiredPair, refreshes: 2 },
  'refresh states:DescribeExecution': { scenario: unsettledExchange, refreshes: 2, needsFreshReads: true },
  'store-pending secretsmanager:DescribeSecret': { scenario: movedLabel },
  'store-pending secretsmanager:GetSecretValue': { scenario: anyRotation },
  'store-pending secretsmanager:PutSecretValue': { scenario: anyRotation },
  'store-pending secretsmanager:UpdateSecretVersionStage': { scenario: movedLabel },
  'store-pending dynamodb:GetItem': { scenario: anyRotation },
  'store-pending dynamodb:PutItem': { scenario: recordedByStorePending },
  'store-pending dynamodb:UpdateItem': { scenario: recordedByStorePending },
  'store-pending kms:Decrypt': { scenario: anyRotation },
  'verify secretsmanager:GetSecretValue': { scenario: anyRotation },
  'promote secretsmanager:DescribeSecret': { scenario: anyRotation },
  'promote secretsmanager:UpdateSecretVersionStage': { scenario: anyRotation },
  'promote dynamodb:UpdateItem': { scenario: anyRotation },
  'the state machine lambda:InvokeFunction': { scenario: anyRotation },
};

/** Grants without which an execution still succeeds, by owner, action and statement. */
const TOLERATED: Readonly<Record<string, RotationOutcome['status']>> = {
  // The pair is in the state of the execution, from which StorePending records it.
  'refresh dynamodb:UpdateItem UseJournal': 'succeeded',
  // The pending version is written without RotationToken, so Secrets Manager does not accept its writer.
  'store-pending kms:Decrypt OpenRotationToken': 'failed',
};

const stack = readStack({ assemblyDirectory: inject('assemblyDirectory'), ...ACCOUNT });

/** The function or state machine that has a grant; undefined for roles that no rotation uses. */
function ownerOf({ role }: Grant): string | undefined {
  const { roleArn: machineRole = '', name: prefix = '' } = stack.stateMachines[0] ?? {};
  if (machineRole.endsWith(`/${role}`)) return 'the state machine';
  const owner = stack.functions.find(({ roleArn }) => roleArn.endsWith(`/${role}`));
  const name = owner?.name.slice(prefix.length + 1);
  return name === 'notify' || name === 'overdue-check' ? undefined : name;
}

/** The grants that rotations use, without those for logs, traces and network interfaces. */
const grants = new Permissions({ ...ACCOUNT, stack }).granted().flatMap(grant => {
  const owner = ownerOf(grant);
  if (owner === undefined || /^(logs|xray|ec2):/.test(grant.action)) return [];
  const target = grant.resource.split(':').slice(5).join(':');
  return [{ owner, ...grant, target, isTolerated: `${owner} ${grant.action} ${grant.sid}` in TOLERATED }];
});

/** The error of the execution, or of the rotation function if that lost the grant. */
function failureOf(
  outcome: RotationOutcome,
  execution: ExecutionSnapshot | undefined,
  owner: string,
): Failure {
  if (owner !== 'rotation') return { error: execution?.failure.error, text: execution?.failure.cause ?? '' };
  const cause = outcome.status === 'failed' ? outcome.cause : undefined;
  const { errorType, errorMessage } = { errorType: '', errorMessage: '', ...(cause as object) };
  return { error: errorType, text: errorMessage };
}

/** The first rotation event with a name; advances the clock until it occurs. */
async function eventOf({ sandbox }: RecoveryWorld, wanted: string): Promise<RecordedEvent> {
  for (let minutes = 0; minutes < 10 * 60; minutes++) {
    const event = sandbox.cloudTrail.events().find(({ name }) => name === wanted);
    if (event !== undefined) return event;
    await sandbox.advance(60_000);
  }
  throw new Error(`There is no event ${wanted}.`);
}

describe('a rotation that lost a grant', () => {
  /** A world whose Secrets Manager retries after a while, and a function that revokes a grant in it. */
  async function worldWith({ role, sid, action, resource }: Grant, { needsFreshReads }: Partial<Use> = {}) {
    const world = await recoveryWorld({
      genesysCloud: { reuseRevokesLineage: true },
      secretsManager: {
        retryDelaysMs: [RETRY_MS, RETRY_MS],
        staleRotationToken: 'accepted',
        ...(needsFreshReads && { readLagMs: 0 }),
      },
    });
    const credential = await world.credential();
    let restore = (): void => undefined;
    const lose = (): void => {
      restore = world.sandbox.permissions.revoke({ role, sid, action, resource });
    };
    return { world, credential, lose, restore: () => restore() };
  }

  function expectDenied(world: RecoveryWorld, action: string): void {
    const denials = world.sandbox.permissions.denials();
    expect(denials).not.toEqual([]);
    expect(denials.every(denial => denial.action === action && denial.expected)).toBe(true);
  }

  it.each(grants.filter(({ isTolerated }) => !isTolerated))(
    'fails without $action of $owner on $target, and completes once it is restored',
    async grant => {
      const { owner, action } = grant;
      const use = SCENARIOS[`${owner} ${action}`];
      const { world, credential, lose, restore } = await worldWith(grant, use);
      const { secretArn } = credential;
      expect(use, `a scenario for ${owner} ${action}`).toBeDefined();
      const { scenario = anyRotation, refreshes = 1 } = use ?? {};

      const failed = await scenario(world, credential, lose);
      const execution = await world.lastClosedIfAny(secretArn);
      restore();
      world.serveAll();
      if (execution?.status === 'FAILED' && owner !== 'rotation') await world.redriven(execution);
      await world.sandbox.advance(RETRY_MS);
      const outcome = await world.outcome(secretArn, failed.versionId);

      const failure = failureOf(failed.outcome, execution, owner);
      expect(failure.error).toBe(
        owner === 'the state machine' ? 'Lambda.AWSLambdaException' : 'AccessDeniedException',
      );
      expect(failure.text).toContain(`is not authorized to perform: ${action} on resource: `);
      expectDenied(world, action);
      expect(outcome).toEqual({ status: 'succeeded' });
      await expectSaved(world, credential, { refreshes });
    },
  );

  it.each(grants.filter(({ isTolerated }) => isTolerated))(
    'is promoted without $action of $owner on $target',
    async grant => {
      const { owner, action, sid } = grant;
      const { world, credential, lose, restore } = await worldWith(grant);
      const { secretArn } = credential;

      lose();
      const { versionId, outcome, execution } = await world.rotated(secretArn);
      restore();
      await world.sandbox.advance(RETRY_MS);

      expect(outcome.status).toBe(TOLERATED[`${owner} ${action} ${sid}`]);
      expect(execution).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
      expectDenied(world, action);
      expect((await world.labels(secretArn))[versionId]).toContain('AWSCURRENT');
      expect(await world.outcome(secretArn, versionId)).toEqual({ status: 'succeeded' });
      await expectSaved(world, credential, { refreshes: 1 });
    },
  );

  it('fails when Secrets Manager loses the permission to invoke the rotation function, and completes once it is restored', async () => {
    const world = await recoveryWorld({ secretsManager: { retryDelaysMs: [RETRY_MS] } });
    const { sandbox } = world;
    const credential = await world.credential();
    const restore = sandbox.permissions.revoke({
      role: 'secretsmanager.amazonaws.com',
      action: 'lambda:InvokeFunction',
    });

    const failed = await eventOf(world, 'RotationFailed');
    restore();
    await eventOf(world, 'RotationSucceeded');

    expect(failed.errorMessage).toContain('during createSecret step');
    expect(sandbox.genesysCloud.counts(credential.clientId).refreshes).toBe(1);
    expect(await world.currentIsGood(credential)).toBe(true);
  });
});
