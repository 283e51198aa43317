import { DescribeStateMachineCommand, type SFNClient, StateMachineDoesNotExist } from '@aws-sdk/client-sfn';
import { adviceFor } from '../../functions/shared/advice.ts';
import type { CommandLine } from '../shared/command-line.ts';
import type { Deployment } from '../shared/deployment.ts';
import { type ExecutionSummary, failureOf, isFailed } from '../shared/executions.ts';
import { instantText } from '../shared/time-text.ts';
import type { DescribedSecret, StoredValue } from './secret-steps.ts';
import { type Look, ok, wrong } from './steps.ts';

/** What the later steps need of the state machine. */
export interface Workflow {
  readonly roleArn: string;
  /** The key that encrypts its executions; absent where AWS owns it. */
  readonly executionKeyArn: string | undefined;
}

/** Whether the state machine can run. */
export async function lookAtWorkflow(
  stepFunctions: SFNClient,
  { stateMachineArn }: Deployment,
): Promise<Look<Workflow>> {
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
      'The state machine is being deleted. Deploy the stack again with npm run deploy once it is gone.',
    );
  } catch (error) {
    if (!(error instanceof StateMachineDoesNotExist)) throw error;
    return wrong(
      'the state machine does not exist',
      `Lambda's configuration names ${stateMachineArn}, which is not there. Deploy the stack again with npm run deploy.`,
    );
  }
}

/** Whether the last rotation ended well, or what is to be done about it. */
export async function lookAtLastExecution(
  stepFunctions: SFNClient,
  secret: DescribedSecret,
  last: ExecutionSummary | undefined,
  value: StoredValue | undefined,
  command: CommandLine,
): Promise<Look<undefined>> {
  if (last === undefined) return ok('none yet', undefined);
  const { executionArn, name, status, stoppedAt } = last;
  if (!isFailed(status)) return ok(`${name} ${status}`, undefined);
  if (stoppedAt !== undefined && value !== undefined && value.storedAt > stoppedAt) {
    return ok(`${name} ${status}, but a credential has been stored since`, undefined);
  }
  const failure = await failureOf(stepFunctions, executionArn);
  const error = status === 'FAILED' ? failure?.error : undefined;
  const { action, credential, runbookEntry } = adviceFor({ status, state: failure?.state, error });
  const when = stoppedAt === undefined ? '' : ` at ${instantText(stoppedAt)}`;
  return wrong(
    `${status}${when}${failure?.state === undefined ? '' : ` in ${failure.state}`}${error === undefined ? '' : `: ${error}`}`,
    `${action} Redrive: ${command(`redrive ${secret.Name}`)}. ${credential} Execution: ${executionArn}. Runbook: docs/runbook.md#${runbookEntry}`,
  );
}
