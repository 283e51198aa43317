import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandOutput,
  GetPolicyCommand,
  type LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Deployment } from '../shared/deployment.ts';
import type { Identity } from './account-steps.ts';
import { letsInvoke } from './resource-policy.ts';
import type { DescribedSecret } from './secret-steps.ts';
import { type Look, ok, wrong } from './steps.ts';

/** What the later steps need of the rotation function. */
export interface RotationFunction {
  readonly sealKeyArn: string;
  readonly roleArn: string;
}

/** The functions that the workflow runs, by the ends of their names. */
const TASK_FUNCTIONS = ['fetch', 'refresh', 'store-pending', 'verify', 'promote'] as const;

/** One of them. */
export type TaskFunction = (typeof TASK_FUNCTIONS)[number];

/** What the later steps need of a function of the workflow. */
interface FunctionFacts {
  readonly arn: string;
  readonly roleArn: string;
  /** The name of the journal's table, where the function uses it. */
  readonly journalTable: string | undefined;
}

/** The same of all of them. */
export type TaskFunctions = Readonly<Record<TaskFunction, FunctionFacts>>;

/**
 * With fewer at a time Secrets Manager cannot rotate (AWS Secrets Manager User Guide, "Troubleshoot AWS Secrets Manager
 * rotation").
 */
const LEAST_CONCURRENCY = 10;

const DEPLOY = 'Deploy the stack again with npm run deploy; it restores what was changed by hand.';

/** Whether the function that Secrets Manager calls can run, and enough of it at a time. */
export async function lookAtRotationFunction(
  lambda: LambdaClient,
  { rotationFunctionArn }: Deployment,
): Promise<Look<RotationFunction>> {
  const configuration = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: rotationFunctionArn }),
  );
  const defect = defectOf(configuration);
  if (defect !== undefined) return wrong(defect, `${DEPLOY} Lambda says why: ${reasonOf(configuration)}`);

  const { ReservedConcurrentExecutions: reserved } = await lambda.send(
    new GetFunctionConcurrencyCommand({ FunctionName: rotationFunctionArn }),
  );
  if (reserved !== undefined && reserved < LEAST_CONCURRENCY) {
    return wrong(
      `may run ${reserved} times at once`,
      `The function's reserved concurrency is ${reserved}, and Secrets Manager needs at least ${LEAST_CONCURRENCY}: aws lambda delete-function-concurrency --function-name ${rotationFunctionArn}, or deploy with a larger reservedConcurrency.`,
    );
  }
  const sealKeyArn = configuration.Environment?.Variables?.SEAL_KEY_ARN;
  return sealKeyArn === undefined
    ? wrong('lacks the variable SEAL_KEY_ARN', DEPLOY)
    : ok(rotationFunctionArn, { sealKeyArn, roleArn: configuration.Role ?? '' });
}

/** Whether the function's policy lets Secrets Manager invoke it for the secret. */
export async function lookAtInvocation(
  lambda: LambdaClient,
  { rotationFunctionArn }: Deployment,
  secret: DescribedSecret,
  { accountId }: Identity,
): Promise<Look<undefined>> {
  const service = 'secretsmanager.amazonaws.com';
  const policy = await policyOf(lambda, rotationFunctionArn);
  if (policy !== undefined && letsInvoke(policy, { service, accountId, sourceArn: secret.ARN })) {
    return ok(`${service} may invoke the rotation function`, undefined);
  }
  return wrong(
    `${service} may not invoke the rotation function`,
    `The function's resource policy does not let Secrets Manager in, so no rotation can begin. Give the permission back: aws lambda add-permission --function-name ${rotationFunctionArn} --statement-id SecretsManager --action lambda:InvokeFunction --principal ${service} --source-account ${accountId}`,
  );
}

/** Whether the functions of the workflow can run. */
export async function lookAtTaskFunctions(
  lambda: LambdaClient,
  { name }: Deployment,
): Promise<Look<TaskFunctions>> {
  const found: [TaskFunction, FunctionFacts][] = [];
  for (const task of TASK_FUNCTIONS) {
    const functionName = `${name}-${task}`;
    try {
      const configuration = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: functionName }),
      );
      const defect = defectOf(configuration);
      if (defect !== undefined) {
        return wrong(`${functionName}: ${defect}`, `${DEPLOY} Lambda says why: ${reasonOf(configuration)}`);
      }
      const { FunctionArn: arn = functionName, Role: roleArn = '', Environment } = configuration;
      found.push([task, { arn, roleArn, journalTable: Environment?.Variables?.JOURNAL_TABLE }]);
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      return wrong(`${functionName} does not exist`, DEPLOY);
    }
  }
  return ok(TASK_FUNCTIONS.join(', '), Object.fromEntries(found) as TaskFunctions);
}

/** A function that was idle for long is `Inactive`; the next invocation wakes it (AWS Lambda API Reference, State). */
function defectOf({ State, LastUpdateStatus }: GetFunctionConfigurationCommandOutput): string | undefined {
  if (State === 'Failed' || State === 'Pending') return `its state is ${State}`;
  return LastUpdateStatus === 'Failed' ? 'its last update failed' : undefined;
}

function reasonOf(configuration: GetFunctionConfigurationCommandOutput): string {
  return configuration.StateReason ?? configuration.LastUpdateStatusReason ?? 'nothing more.';
}

async function policyOf(lambda: LambdaClient, functionName: string): Promise<string | undefined> {
  try {
    return (await lambda.send(new GetPolicyCommand({ FunctionName: functionName }))).Policy;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
