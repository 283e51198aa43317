import { DescribeStateMachineCommand, type SFNClient, StateMachineDoesNotExist } from '@aws-sdk/client-sfn';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import type { Deployment } from '../shared/deployment.ts';
import { type ExecutionSummary, isFailed } from '../shared/executions.ts';
import { instantText } from '../shared/time-text.ts';
import { type AssessmentDependencies, assessFailure } from '../verdict/assessment.ts';
import { verdictLines } from '../verdict/verdict-text.ts';
import type { DescribedSecret } from './secret-steps.ts';
import { type Finding, ok, wrong } from './steps.ts';

/** What later steps need to know about the state machine. */
export interface Workflow {
  readonly roleArn: string;
  /** The key that encrypts its executions; absent if it is an AWS owned key. */
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
      'The state machine is being deleted. Wait until that is finished, then deploy the stack again with npm run deploy.',
    );
  } catch (error) {
    if (!(error instanceof StateMachineDoesNotExist)) throw error;
    return wrong(
      'the state machine does not exist',
      `The rotation function names ${stateMachineArn}, which does not exist. Deploy the stack again with npm run deploy.`,
    );
  }
}

/** Checks whether the last rotation succeeded or its failure needs no action. */
export async function checkLastExecution(
  secret: DescribedSecret,
  last: ExecutionSummary | undefined,
  command: CommandLine,
  dependencies: AssessmentDependencies,
): Promise<Finding<undefined>> {
  if (last === undefined) return ok('none yet', undefined);
  const { executionArn, name, status, stoppedAt } = last;
  if (!isFailed(status)) return ok(`${name} ${status}`, undefined);
  const { failure, verdict, execution } = await assessFailure(
    { secretArn: secret.ARN, executionArn },
    dependencies,
  );
  if (execution === undefined) {
    return ok(`${name} ${status}. ${verdict.cause ?? 'A credential was stored afterwards.'}`, undefined);
  }
  const when = stoppedAt === undefined ? '' : ` at ${instantText(stoppedAt)}`;
  const where = failure?.state === undefined ? '' : ` in ${failure.state}`;
  const error = status === 'FAILED' && failure !== undefined ? `: ${failure.error}` : '';
  return wrong(
    `${status}${when}${where}${error}`,
    [
      ...verdictLines(verdict, { secretName: secret.Name, message: failure?.message, command }),
      `Execution: ${executionArn}`,
    ].join('\n'),
  );
}
