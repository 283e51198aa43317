import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { beforeEach, expect } from 'vitest';
import type { WaitDependencies } from '../../functions/rotation/await-execution.ts';
import { awsException } from './aws-exception.ts';
import { mockAws } from './aws-mock.ts';
import { STATE_MACHINE_ARN } from './execution-description.ts';
import { FunctionTime } from './function-time.ts';

/**
 * Mocks Step Functions for each test of the file: everything can be started and redriven, nothing exists yet, and the
 * function has a minute.
 */
export function mockExecutions() {
  const mock = mockAws(SFNClient);
  const secretsMock = mockAws(SecretsManagerClient);
  const time = new FunctionTime();

  beforeEach(() => {
    time.begin(60_000);
    mock.reset();
    secretsMock.reset();
    secretsMock.on(DescribeSecretCommand).resolves({ VersionIdsToStages: {} });
    mock.on(StartExecutionCommand).resolves({});
    mock.on(RedriveExecutionCommand).resolves({});
    mock.on(DescribeExecutionCommand).rejects(awsException(ExecutionDoesNotExist));
  });

  return {
    mock,
    time,

    dependencies(): WaitDependencies {
      return {
        secrets: new SecretsManagerClient(),
        stepFunctions: new SFNClient(),
        stateMachineArn: STATE_MACHINE_ARN,
        sleep: time.sleep,
        random: () => 0.5,
        remainingMs: time.remainingMs,
      };
    },

    /** Sets the labels that DescribeSecret returns in successive calls; the last ones repeat. */
    labels(...reads: readonly (Readonly<Record<string, string[]>> | Error)[]): void {
      const describing = secretsMock.on(DescribeSecretCommand);
      for (const [index, read] of reads.entries()) {
        const isLast = index === reads.length - 1;
        if (read instanceof Error) {
          if (isLast) describing.rejects(read);
          else describing.rejectsOnce(read);
        } else if (isLast) describing.resolves({ VersionIdsToStages: read });
        else describing.resolvesOnce({ VersionIdsToStages: read });
      }
    },

    labelReads: (): number => secretsMock.commandCalls(DescribeSecretCommand).length,

    /** Adds executions with these names, running or closed. */
    exists(...names: readonly string[]): void {
      for (const name of names) {
        mock.on(StartExecutionCommand, { name }).rejects(awsException(ExecutionAlreadyExists));
      }
    },

    /** What DescribeExecution returns for one execution in successive calls; the last output repeats. */
    describeReturns(
      executionArn: string,
      ...outputs: readonly (DescribeExecutionCommandOutput | Error)[]
    ): void {
      const describing = mock.on(DescribeExecutionCommand, { executionArn });
      for (const [index, output] of outputs.entries()) {
        const isLast = index === outputs.length - 1;
        if (output instanceof Error) {
          if (isLast) describing.rejects(output);
          else describing.rejectsOnce(output);
        } else {
          if (isLast) describing.resolves({ ...output, executionArn });
          else describing.resolvesOnce({ ...output, executionArn });
        }
      }
    },

    /** The requests to StartExecution, including rejected ones. */
    started(): { readonly name: string | undefined; readonly input: Record<string, unknown> }[] {
      return mock.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => {
        expect(input.stateMachineArn).toBe(STATE_MACHINE_ARN);
        return { name: input.name, input: JSON.parse(input.input ?? '') };
      });
    },

    describedArns(): (string | undefined)[] {
      return mock.commandCalls(DescribeExecutionCommand).map(call => call.args[0].input.executionArn);
    },

    redrivenArns(): (string | undefined)[] {
      return mock.commandCalls(RedriveExecutionCommand).map(call => call.args[0].input.executionArn);
    },
  };
}
