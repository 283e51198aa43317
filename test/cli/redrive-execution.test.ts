import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { redriveExecution } from '../../cli/redrive/redrive-execution.ts';
import { awsException, stepFunctionsException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { cliContext } from '../helpers/cli-context.ts';

import { executionDescription } from '../helpers/execution-description.ts';
import { SECRET_ARN, SECRET_NAME, secretDescription, VERSION } from '../helpers/secret.ts';
import { EXECUTION } from '../helpers/task-requests.ts';

const FAILED = {
  executionArn: EXECUTION,
  status: 'failed',
  redriveCount: 2,
  closedAt: new Date('2026-07-01T08:00:00Z'),
  secretArn: SECRET_ARN,
  versionId: VERSION,
  notRedrivable: undefined,
} as const;
const INPUT = JSON.stringify({ secretArn: SECRET_ARN, versionId: VERSION });

const stepFunctions = mockAws(SFNClient);
const secrets = mockAws(SecretsManagerClient);

beforeEach(() => {
  stepFunctions.reset();
  secrets.reset();
});

function redrive(): Promise<number> {
  return redriveExecution(FAILED, cliContext().context);
}

/** Makes Step Functions refuse the redrive and describe the execution with these values. */
function refused(
  status: Parameters<typeof executionDescription>[0],
  changes: Partial<DescribeExecutionCommandOutput> = {},
): void {
  stepFunctions.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable, 'Not redrivable.'));
  stepFunctions
    .on(DescribeExecutionCommand)
    .resolves(executionDescription(status, { input: INPUT, redriveCount: 2, ...changes }));
}

describe('redriveExecution', () => {
  it('returns the number of the redrive', async () => {
    stepFunctions.on(RedriveExecutionCommand).resolves({});

    expect(await redrive()).toBe(3);
  });

  it.each([
    ['is running again', 'RUNNING', 3],
    ['has succeeded', 'SUCCEEDED', 3],
    ['has failed again', 'FAILED', 3],
  ] as const)(
    'succeeds if somebody else has redriven the execution first, and it %s',
    async (_what, status, count) => {
      refused(status, { redriveCount: count });

      expect(await redrive()).toBe(3);
    },
  );

  it('reports why it can no longer be redriven, and when Secrets Manager retries', async () => {
    refused('FAILED', { redriveStatusReason: 'Execution is older than 14 days.' });
    secrets
      .on(DescribeSecretCommand)
      .resolves(secretDescription({ NextRotationDate: new Date('2026-07-02T00:00:00Z') }));

    await expect(redrive()).rejects.toMatchObject({
      exitReason: 'failed',
      message: expect.stringMatching(
        /\(Execution is older than 14 days\.\)\. The newest tokens are in the journal\. .* 2026-07-02T00:00:00\.000Z/,
      ),
    });
  });

  it('names the command for the next attempt if no rotation is scheduled', async () => {
    refused('FAILED');
    secrets.on(DescribeSecretCommand).resolves(secretDescription());

    await expect(redrive()).rejects.toMatchObject({
      message: expect.stringContaining(
        `Start the next attempt with: genesys-token-rotation rotate ${SECRET_NAME} --stack crm-rotation.`,
      ),
    });
  });

  it('rethrows other errors', async () => {
    stepFunctions.on(RedriveExecutionCommand).rejects(stepFunctionsException('AccessDeniedException'));

    await expect(redrive()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
