import { DescribeStateMachineCommand, type SFNClient, StateMachineDoesNotExist } from '@aws-sdk/client-sfn';
import { adviceFor } from '../../functions/shared/advice.ts';
import type { CommandLine } from '../shared/command-line.ts';
import type { Deployment } from '../shared/deployment.ts';
import { type ExecutionSummary, failureOf, isFailed } from '../shared/executions.ts';
import { instantText } from '../shared/time-text.ts';
import type { DescribedSecret, StoredValue } from './secret-steps.ts';
import { type Finding, ok, wrong } from './steps.ts';

/** What the later steps need of the state machine. */
export interface Workflow {
  readonly roleArn: string;
  /** The key that encrypts its executions; absent where AWS owns it. */
  readonly executionKeyArn: string | undefined;
}

/** Checks whether the state machine can run. */
export async function checkWorkflow(
  stepFunctions: SFNClient,
  { stateMachineArn }: Deployment,
): Promise<Finding<Workflow>> {
  try {
    const {
      status,
      roleArn = '',
      encryptionConfiguration,
    } = await stepFunctions.send(
      new DescribeStateMachineCommand({ stateMachineArn, includedData: 'METADATA_ONLY' }),
    );
    if (status === 'ACTIVE') {
      return ok(stateMachineArn, { roleArn, executionKeyArn: encryptionConfiguration?.kmsKeyId });
    }
    return wrong(
      `the state machine is ${status}`,
      'The state machine is being deleted. Deploy the stack again with npm run deploy after that.',
    );
  } catch (error) {
    if (!(error instanceof StateMachineDoesNotExist)) throw error;
    return wrong(
      'the state machine does not exist',
      `The rotation function names ${stateMachineArn}, which does not exist. Deploy the stack again with npm run deploy.`,
    );
  }
}

/** Checks whether the last rotation succeeded. */
export async function checkLastExecution(
  stepFunctions: SFNClient,
  secret: DescribedSecret,
  last: ExecutionSummary | undefined,
  value: StoredValue | undefined,
  command: CommandLine,
): Promise<Finding<undefined>> {
  if (last === undefined) return ok('none yet', undefined);
  const { executionArn, name, status, stoppedAt } = last;
  if (!isFailed(status)) return ok(`${name} ${status}`, undefined);
  if (stoppedAt !== undefined && value !== undefined && value.storedAt > stoppedAt) {
    return ok(`${name} ${status}, but a credential was stored after it`, undefined);
  }
  const failure = await failureOf(stepFunctions, executionArn);
  const error = status === 'FAILED' ? failure?.error : undefined;
  const { action, credential, runbookEntry } = adviceFor({ status, state: failure?.state, error });
  const when = stoppedAt === undefined ? '' : ` at ${instantText(stoppedAt)}`;
  return wrong(
    `${status}${when}${failure?.state === undefined ? '' : ` in ${failure.state}`}${error === undefined ? '' : `: ${error}`}`,
    `${credential} ${action} Redrive: ${command`redrive ${secret.Name}`}. Execution: ${executionArn}. Runbook: docs/runbook.md#${runbookEntry}`,
  );
}
