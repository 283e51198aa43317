import { describe, expect, inject, it } from 'vitest';
import type { RecordedEvent } from '../../sandbox/cloudtrail/cloudtrail.ts';
import type { FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import type { Grant } from '../../sandbox/iam/grants.ts';
import { Permissions } from '../../sandbox/iam/permissions.ts';
import type { RotationOutcome } from '../../sandbox/secrets-manager/rotation.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { readStack } from '../../sandbox/template/stack-model.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

const ACCOUNT = { accountId: '123456789012', region: 'us-east-1', partition: 'aws' };
const RETRY_MS = 600_000;

/** What an operator sees of a rotation that lacks a grant. */
interface Failure {
  readonly error: string | undefined;
  readonly text: string;
}

/** Leads a rotation to where it lacks the grant, which `lose` takes away, and tells how Secrets Manager judged it. */
type Scenario = (
  world: RecoveryWorld,
  credential: FirstCredential,
  lose: () => void,
) => Promise<{ readonly versionId: string; readonly outcome: RotationOutcome }>;

const anyRotation: Scenario = async (world, { secretArn }, lose) => {
  lose();
  return await world.rotated(secretArn);
};

/** An earlier rotation under another ClientRequestToken traded the refresh token, and its tokens lie sealed. */
const rejectedToken: Scenario = async (world, { secretArn }, lose) => {
  world.crashIn('StorePending');
  await world.rotated(secretArn);
  await world.giveUp(secretArn);
  world.serveAll();
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

/** AWSCURRENT moves, but the answer is lost: the repeated call is refused, and only the labels tell why. */
const lostAnswerOfPromotion: Scenario = async (world, { secretArn }, lose) => {
  world.sandbox.faults.add({
    target: 'secretsmanager:UpdateSecretVersionStage',
    kind: 'answer-lost',
    when: { nth: 1 },
    by: 'promote',
  });
  lose();
  return await world.rotated(secretArn);
};

/** The situation in which a rotation needs each grant, by who has it and what for. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'rotation secretsmanager:DescribeSecret': anyRotation,
  'rotation kms:GenerateDataKey': anyRotation,
  'rotation states:StartExecution': anyRotation,
  'rotation states:DescribeExecution': anyRotation,
  'rotation states:RedriveExecution': retriedRotation,
  'rotation states:ListExecutions': rejectedToken,
  'rotation states:GetExecutionHistory': rejectedToken,
  'fetch secretsmanager:DescribeSecret': anyRotation,
  'fetch secretsmanager:GetSecretValue': anyRotation,
  'fetch secretsmanager:ListSecretVersionIds': anyRotation,
  'refresh secretsmanager:GetSecretValue': anyRotation,
  'refresh kms:GenerateDataKey': anyRotation,
  'store-pending secretsmanager:DescribeSecret': anyRotation,
  'store-pending secretsmanager:PutSecretValue': anyRotation,
  'store-pending kms:Decrypt': anyRotation,
  'verify secretsmanager:GetSecretValue': anyRotation,
  'promote secretsmanager:UpdateSecretVersionStage': anyRotation,
  'promote secretsmanager:DescribeSecret': lostAnswerOfPromotion,
  'the state machine lambda:InvokeFunction': anyRotation,
};

const stack = readStack({ assemblyDirectory: inject('assemblyDirectory'), ...ACCOUNT });

/** Whose role it is that has a grant; nothing for roles that no rotation uses. */
function ownerOf({ role }: Grant): string | undefined {
  const { roleArn: machineRole = '', name: prefix = '' } = stack.stateMachines[0] ?? {};
  if (machineRole.endsWith(`/${role}`)) return 'the state machine';
  const owner = stack.functions.find(({ roleArn }) => roleArn.endsWith(`/${role}`));
  const name = owner?.name.slice(prefix.length + 1);
  return name === 'notify' || name === 'watch' ? undefined : name;
}

/** Every grant that a rotation works with; logs, traces and network interfaces are Lambda's and Step Functions' own. */
const grants = new Permissions({ ...ACCOUNT, stack }).granted().flatMap(grant => {
  const owner = ownerOf(grant);
  if (owner === undefined || /^(logs|xray|ec2):/.test(grant.action)) return [];
  return [{ owner, ...grant, target: grant.resource.split(':').slice(5).join(':') }];
});

/** What the console shows of the execution, or else what Secrets Manager got from the rotation function. */
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

/** The first rotation event of a name, once the scheduled rotation has come to it. */
async function eventOf({ sandbox }: RecoveryWorld, wanted: string): Promise<RecordedEvent> {
  for (let minutes = 0; minutes < 10 * 60; minutes++) {
    const event = sandbox.cloudTrail.events().find(({ name }) => name === wanted);
    if (event !== undefined) return event;
    await sandbox.advance(60_000);
  }
  throw new Error(`There is no event ${wanted}.`);
}

describe('a rotation that lost a grant', () => {
  it.each(grants)('fails without $action of $owner on $target, and goes on once it is back', async grant => {
    const { owner, role, sid, action, resource } = grant;
    const world = await recoveryWorld({
      secretsManager: { retryDelaysMs: [RETRY_MS, RETRY_MS], staleRotationToken: 'accepted' },
    });
    const { permissions } = world.sandbox;
    const credential = await world.credential();
    const scenario = SCENARIOS[`${owner} ${action}`];
    expect(scenario, `a scenario for ${owner} ${action}`).toBeDefined();
    // What is younger than AWSCURRENT is told by the clock.
    await world.sandbox.advance(1_000);
    let giveBack = (): void => undefined;

    const failed = await scenario?.(world, credential, () => {
      giveBack = permissions.revoke({ role, sid, action, resource });
    });
    const execution = await world.lastClosedIfAny(credential.secretArn);
    giveBack();
    if (execution?.status === 'FAILED' && owner !== 'rotation') await world.redriven(execution);
    await world.sandbox.advance(RETRY_MS);
    const outcome = await world.outcome(credential.secretArn, failed?.versionId ?? '');

    const failure = failureOf(failed?.outcome ?? { status: 'succeeded' }, execution, owner);
    expect(failure.error).toBe(
      owner === 'the state machine' ? 'Lambda.AWSLambdaException' : 'AccessDeniedException',
    );
    expect(failure.text).toContain(`is not authorized to perform: ${action} on resource: `);
    expect(permissions.denials()).not.toEqual([]);
    expect(permissions.denials().every(denial => denial.action === action && denial.foreseen)).toBe(true);
    expect(outcome).toEqual({ status: 'succeeded' });
    expect(world.sandbox.genesysCloud.counts(credential.clientId).refreshes).toBe(1);
    expect(await world.currentIsGood(credential)).toBe(true);
  });

  it('fails when Secrets Manager may not invoke its function any more, and goes on once it may', async () => {
    const world = await recoveryWorld({ secretsManager: { retryDelaysMs: [RETRY_MS] } });
    const { sandbox } = world;
    const credential = await world.credential();
    const giveBack = sandbox.permissions.revoke({
      role: 'secretsmanager.amazonaws.com',
      action: 'lambda:InvokeFunction',
    });

    const failed = await eventOf(world, 'RotationFailed');
    giveBack();
    await eventOf(world, 'RotationSucceeded');

    expect(failed.errorMessage).toContain('during createSecret step');
    expect(sandbox.genesysCloud.counts(credential.clientId).refreshes).toBe(1);
    expect(await world.currentIsGood(credential)).toBe(true);
  });
});
