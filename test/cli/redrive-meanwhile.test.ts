import {
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { redriveAll } from '../../cli/redrive/redrive-all.ts';
import { waitContext } from '../../cli/shared/waiting.ts';
import { executionName } from '../../functions/shared/executions/execution-name.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { cliContext } from '../helpers/cli-context.ts';
import {
  EXECUTION_ARN_PREFIX,
  executionDescription,
  STATE_MACHINE_ARN,
} from '../helpers/execution-description.ts';
import { ROTATION_FUNCTION_ARN, SECRET_ARN, SECRET_NAME, VERSION } from '../helpers/secret.ts';

const STARTED_AT = new Date('2026-07-01T08:00:00Z');
const OTHER_NAME = 'genesys/waits';

const secrets = mockAws(SecretsManagerClient);
const stepFunctions = mockAws(SFNClient);

beforeEach(() => {
  secrets.reset();
  stepFunctions.reset();
  secrets.on(ListSecretVersionIdsCommand).resolves({
    Versions: [{ VersionStages: ['AWSCURRENT'], CreatedDate: new Date('2026-07-01T00:00:00Z') }],
  });
});

const CLIENT_REJECTED: Partial<HistoryEvent> = {
  type: 'ExecutionFailed',
  executionFailedEventDetails: { error: 'ClientRejected', cause: '{"errorMessage":"Unknown client."}' },
};

/** A rotation that the list of executions still shows as failed, while DescribeExecution or the history is newer. */
function failed(secretName: string, described: ExecutionStatus, lastEvent: Partial<HistoryEvent>) {
  const secretArn = SECRET_ARN.replace(SECRET_NAME, secretName);
  const name = executionName({ secretArn, secretName, clientRequestToken: VERSION });
  const executionArn = `${EXECUTION_ARN_PREFIX}${name}`;
  stepFunctions
    .on(DescribeExecutionCommand, { executionArn })
    .resolves(executionDescription(described, { input: JSON.stringify({ secretArn, versionId: VERSION }) }));
  stepFunctions.on(GetExecutionHistoryCommand, { executionArn }).resolves({
    events: [{ id: 1, timestamp: STARTED_AT, type: undefined, ...lastEvent }],
  });
  return {
    secret: { Name: secretName, ARN: secretArn, RotationLambdaARN: ROTATION_FUNCTION_ARN },
    execution: {
      executionArn,
      stateMachineArn: STATE_MACHINE_ARN,
      name,
      status: 'FAILED' as const,
      startDate: STARTED_AT,
      stopDate: STARTED_AT,
    },
  };
}

/** Runs `redrive --all` and returns its result. */
async function redrivenAll(...all: readonly ReturnType<typeof failed>[]) {
  secrets.on(ListSecretsCommand).resolves({ SecretList: all.map(({ secret }) => secret) });
  stepFunctions.on(ListExecutionsCommand).resolves({ executions: [] });
  stepFunctions
    .on(ListExecutionsCommand, { statusFilter: 'FAILED' })
    .resolves({ executions: all.map(({ execution }) => execution) });
  const { context, written } = cliContext();
  const failure = await redriveAll({ force: false, timeoutMs: 60_000 }, waitContext(context)).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { failure, ...written };
}

describe('redrive --all, when Secrets Manager has already redriven,', () => {
  it('counts an execution that was just redriven as running, and continues with the others', async () => {
    const { failure, err } = await redrivenAll(
      failed(SECRET_NAME, 'FAILED', { type: 'ExecutionRedriven' }),
      failed(OTHER_NAME, 'FAILED', CLIENT_REJECTED),
    );

    expect(failure).toMatchObject({
      exitReason: 'refused',
      message: expect.stringContaining('1 still running, 1 skipped'),
    });
    expect(err).toContain(`${SECRET_NAME}: a rotation is already running.`);
    expect(err).toContain(`${OTHER_NAME}: not redriven. AWSCURRENT is still the version`);
    expect(stepFunctions.commandCalls(RedriveExecutionCommand)).toHaveLength(0);
  });

  it('reports which execution it cannot read, and continues with the others', async () => {
    const unreadable = failed(SECRET_NAME, 'FAILED', CLIENT_REJECTED);
    const { executionArn } = unreadable.execution;
    stepFunctions
      .on(DescribeExecutionCommand, { executionArn })
      .resolves(executionDescription('FAILED', { input: '{}' }));

    const { failure, err } = await redrivenAll(unreadable, failed(OTHER_NAME, 'FAILED', CLIENT_REJECTED));

    expect(failure).toMatchObject({
      exitReason: 'rotationFailed',
      message: expect.stringContaining('1 failed, 1 skipped'),
    });
    expect(err).toContain(executionArn);
    expect(err).toContain(`${OTHER_NAME}: not redriven. AWSCURRENT is still the version`);
  });

  it('counts an execution that has already succeeded as a success', async () => {
    const { failure, out, err } = await redrivenAll(
      failed(SECRET_NAME, 'SUCCEEDED', { type: 'ExecutionSucceeded' }),
    );

    expect(failure).toBeUndefined();
    expect(err).toContain(`${SECRET_NAME}: the rotation has already succeeded.`);
    expect(out).toBe('Redrive of 1 failed rotation: 1 succeeded.\n');
    expect(stepFunctions.commandCalls(RedriveExecutionCommand)).toHaveLength(0);
  });
});
