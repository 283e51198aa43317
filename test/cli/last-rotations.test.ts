import {
  type ExecutionListItem,
  type ExecutionStatus,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { lastRotations } from '../../cli/verdict/last-rotations.ts';
import { executionName } from '../../functions/shared/executions/execution-name.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { EXECUTION_ARN_PREFIX, STATE_MACHINE_ARN } from '../helpers/execution-description.ts';
import { SECRET_ARN, SECRET_NAME } from '../helpers/secret.ts';

const SECRET = { name: SECRET_NAME, arn: SECRET_ARN, rotation: {}, stages: {} };
const OTHER = { ...SECRET, name: 'crm/other', arn: `${SECRET_ARN.slice(0, -1)}g` };

const stepFunctions = mockAws(SFNClient);

beforeEach(() => {
  stepFunctions.reset();
  stepFunctions.on(ListExecutionsCommand).resolves({ executions: [] });
});

interface Listed {
  readonly of?: typeof SECRET;
  readonly token: string;
  readonly suffix?: string;
  readonly status: ExecutionStatus;
  /** Minute of the hour. */
  readonly started: number;
  readonly stopped?: number;
}

function minute(at: number): Date {
  return new Date(Date.UTC(2026, 6, 1, 8, at));
}

function nameOf({ of = SECRET, token, suffix = '' }: Pick<Listed, 'of' | 'token' | 'suffix'>): string {
  return executionName({ secretArn: of.arn, secretName: of.name, clientRequestToken: token }, suffix);
}

/** Sets the responses of ListExecutions for each status. */
function exist(...listed: readonly Listed[]): void {
  for (const statusFilter of new Set(listed.map(({ status }) => status))) {
    const executions = listed
      .filter(({ status }) => status === statusFilter)
      .map((each): ExecutionListItem => {
        const name = nameOf(each);
        return {
          executionArn: `${EXECUTION_ARN_PREFIX}${name}`,
          stateMachineArn: STATE_MACHINE_ARN,
          name,
          status: each.status,
          startDate: minute(each.started),
          ...(each.stopped !== undefined && { stopDate: minute(each.stopped) }),
        };
      })
      .sort((one, other) => Number(other.startDate) - Number(one.startDate));
    stepFunctions.on(ListExecutionsCommand, { statusFilter }).resolves({ executions });
  }
}

async function found(...secrets: readonly (typeof SECRET)[]) {
  const rotations = await lastRotations(secrets, STATE_MACHINE_ARN, new SFNClient());
  return rotations.map(({ secret, failed, running }) => [secret.name, failed?.name, running?.name]);
}

describe('lastRotations', () => {
  it('finds the newest failed execution of each secret, however it failed', async () => {
    exist(
      { token: 'old', status: 'FAILED', started: 1, stopped: 2 },
      { token: 'new', status: 'TIMED_OUT', started: 5, stopped: 6 },
      { of: OTHER, token: 'stopped', status: 'ABORTED', started: 3, stopped: 4 },
    );

    expect(await found(SECRET, OTHER)).toEqual([
      [SECRET.name, nameOf({ token: 'new' }), undefined],
      [OTHER.name, nameOf({ of: OTHER, token: 'stopped' }), undefined],
    ]);
  });

  it('ignores a failure if a rotation succeeded since, even in an older execution that was redriven', async () => {
    exist(
      { token: 'failed', status: 'FAILED', started: 5, stopped: 6 },
      { token: 'redriven', status: 'SUCCEEDED', started: 2, stopped: 9 },
    );

    expect(await found(SECRET)).toEqual([[SECRET.name, undefined, undefined]]);
  });

  it('returns an execution that failed after the last success', async () => {
    exist(
      { token: 'failed', status: 'FAILED', started: 5, stopped: 9 },
      { token: 'good', status: 'SUCCEEDED', started: 6, stopped: 7 },
    );

    expect(await found(SECRET)).toEqual([[SECRET.name, nameOf({ token: 'failed' }), undefined]]);
  });

  it('counts only executions of the pending rotation once one has failed: anyone may start others', async () => {
    const pending = { ...SECRET, stages: { now: ['AWSCURRENT'], next: ['AWSPENDING'] } };
    exist(
      { token: 'next', status: 'FAILED', started: 1, stopped: 2 },
      { token: 'now', suffix: '-2', status: 'SUCCEEDED', started: 3, stopped: 4 },
      { token: 'planted', status: 'FAILED', started: 5, stopped: 6 },
    );

    expect(await found(pending)).toEqual([[SECRET.name, nameOf({ token: 'next' }), undefined]]);
  });

  it('counts a success of the pending rotation', async () => {
    const pending = { ...SECRET, stages: { now: ['AWSCURRENT'], next: ['AWSPENDING'] } };
    exist(
      { token: 'next', status: 'FAILED', started: 1, stopped: 2 },
      { token: 'next', suffix: '-2', status: 'SUCCEEDED', started: 3, stopped: 4 },
    );

    expect(await found(pending)).toEqual([[SECRET.name, undefined, undefined]]);
  });

  it('reports that another execution of the secret is running', async () => {
    exist(
      { token: 'failed', status: 'FAILED', started: 5, stopped: 6 },
      { token: 'next', status: 'RUNNING', started: 7 },
    );

    expect(await found(SECRET)).toEqual([
      [SECRET.name, nameOf({ token: 'failed' }), nameOf({ token: 'next' })],
    ]);
  });

  it('ignores configuration tests and executions of other secrets', async () => {
    exist(
      { token: 'test', suffix: '-check', status: 'FAILED', started: 5, stopped: 6 },
      { of: OTHER, token: 'other', status: 'FAILED', started: 5, stopped: 6 },
    );

    expect(await found(SECRET)).toEqual([[SECRET.name, undefined, undefined]]);
  });

  it('does not list successful executions when nothing has failed', async () => {
    await found(SECRET);

    const listed = stepFunctions
      .commandCalls(ListExecutionsCommand)
      .map(({ args: [{ input }] }) => input.statusFilter);
    expect(listed).toEqual(['RUNNING', 'FAILED', 'TIMED_OUT', 'ABORTED']);
  });
});
