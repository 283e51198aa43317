import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandOutput,
  GetPolicyCommand,
  type LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import type { Deployment } from '../shared/deployment.ts';
import type { Identity } from './account-steps.ts';
import type { DescribedSecret } from './secret-steps.ts';
import { type Finding, ok, wrong } from './steps.ts';

/** What later steps need to know about the rotation function. */
export interface RotationFunction {
  readonly sealKeyArn: string;
  readonly roleArn: string;
}

/** The functions of the workflow; their names begin with the deployment's name. */
const TASK_FUNCTIONS = ['fetch', 'refresh', 'store-pending', 'verify', 'promote'] as const;

/** Only in deployments that publish access tokens. */
const PUBLISH_FUNCTION = 'publish';

/** The alias through which the state machine invokes functions deployed with the CDK. */
const ALIAS = 'live';

/** A function of the workflow. */
export type TaskFunction = (typeof TASK_FUNCTIONS)[number] | typeof PUBLISH_FUNCTION;

/** What later steps need to know about a function of the workflow. */
interface FunctionFacts {
  readonly arn: string;
  readonly roleArn: string;
  /** The name of the journal's table, if the function uses it. */
  readonly journalTable: string | undefined;
}

/** All functions of the workflow. */
export type TaskFunctions = Readonly<Record<Exclude<TaskFunction, 'publish'>, FunctionFacts>> & {
  readonly publish?: FunctionFacts;
};

/**
 * The reserved concurrency that Secrets Manager needs to rotate (AWS Secrets Manager User Guide, "Troubleshoot AWS
 * Secrets Manager rotation").
 */
const MIN_CONCURRENCY = 10;

const DEPLOY = 'Deploy the stack again with npm run deploy. It reverts manual changes.';

/** Checks whether the rotation function can run, with enough concurrency. */
export async function checkRotationFunction(
  lambda: LambdaClient,
  { rotationFunctionArn }: Deployment,
): Promise<Finding<RotationFunction>> {
  const configuration = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: rotationFunctionArn }),
  );
  const defect = defectOf(configuration);
  if (defect !== undefined) return wrong(defect, `${DEPLOY} Lambda's reason: ${reasonOf(configuration)}`);

  const { ReservedConcurrentExecutions: reserved } = await lambda.send(
    new GetFunctionConcurrencyCommand({ FunctionName: rotationFunctionArn }),
  );
  if (reserved !== undefined && reserved < MIN_CONCURRENCY) {
    return wrong(
      `reserved concurrency is ${reserved}`,
      `Secrets Manager needs a reserved concurrency of at least ${MIN_CONCURRENCY}, or none: aws lambda delete-function-concurrency --function-name ${rotationFunctionArn}, or deploy with a larger reservedConcurrency.`,
    );
  }
  const sealKeyArn = configuration.Environment?.Variables?.SEAL_KEY_ARN;
  return sealKeyArn === undefined
    ? wrong('the variable SEAL_KEY_ARN is missing', DEPLOY)
    : ok(rotationFunctionArn, { sealKeyArn, roleArn: configuration.Role ?? '' });
}

/** Checks whether the function's resource policy lets Secrets Manager invoke it for the secret. */
export async function checkInvocation(
  lambda: LambdaClient,
  { rotationFunctionArn }: Deployment,
  secret: DescribedSecret,
  { accountId }: Identity,
): Promise<Finding<undefined>> {
  const service = 'secretsmanager.amazonaws.com';
  const policy = await policyOf(lambda, rotationFunctionArn);
  if (policy !== undefined && allowsInvoke(policy, { service, accountId, sourceArn: secret.ARN })) {
    return ok(`${service} may invoke the rotation function`, undefined);
  }
  return wrong(
    `${service} may not invoke the rotation function`,
    `The function's resource policy does not allow Secrets Manager to invoke it, so no rotation can start. Restore the permission: aws lambda add-permission --function-name ${rotationFunctionArn} --statement-id SecretsManager --action lambda:InvokeFunction --principal ${service} --source-account ${accountId}`,
  );
}

/** Checks whether the functions of the workflow can run. */
export async function checkTaskFunctions(
  lambda: LambdaClient,
  { name }: Deployment,
): Promise<Finding<TaskFunctions>> {
  const found: [TaskFunction, FunctionFacts][] = [];
  for (const task of [...TASK_FUNCTIONS, PUBLISH_FUNCTION] as const) {
    const functionName = `${name}-${task}`;
    const configuration = await invokedConfiguration(lambda, functionName);
    if (configuration === undefined) {
      if (task === PUBLISH_FUNCTION) continue;
      return wrong(`${functionName} does not exist`, DEPLOY);
    }
    const defect = defectOf(configuration);
    if (defect !== undefined) {
      return wrong(`${functionName}: ${defect}`, `${DEPLOY} Lambda's reason: ${reasonOf(configuration)}`);
    }
    const { FunctionArn: arn = functionName, Role: roleArn = '', Environment } = configuration;
    found.push([task, { arn, roleArn, journalTable: Environment?.Variables?.JOURNAL_TABLE }]);
  }
  return ok(found.map(([task]) => task).join(', '), Object.fromEntries(found) as TaskFunctions);
}

/**
 * The configuration of what the state machine invokes: the alias of a published version or, in a deployment without the
 * CDK, the function itself. Undefined if neither exists.
 */
async function invokedConfiguration(
  lambda: LambdaClient,
  functionName: string,
): Promise<GetFunctionConfigurationCommandOutput | undefined> {
  for (const Qualifier of [ALIAS, undefined]) {
    try {
      return await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier }),
      );
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }
  return undefined;
}

/** An idle function can be `Inactive`; the next invocation activates it (AWS Lambda API Reference, State). */
function defectOf({ State, LastUpdateStatus }: GetFunctionConfigurationCommandOutput): string | undefined {
  if (State === 'Failed' || State === 'Pending') return `its state is ${State}`;
  return LastUpdateStatus === 'Failed' ? 'its last update failed' : undefined;
}

function reasonOf(configuration: GetFunctionConfigurationCommandOutput): string {
  return configuration.StateReason ?? configuration.LastUpdateStatusReason ?? 'none given.';
}

async function policyOf(lambda: LambdaClient, functionName: string): Promise<string | undefined> {
  try {
    return (await lambda.send(new GetPolicyCommand({ FunctionName: functionName }))).Policy;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** An invocation of a function by Secrets Manager for one secret. */
export interface ServiceCall {
  readonly service: string;
  readonly accountId: string;
  readonly sourceArn: string;
}

const oneOrMore = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform(value => (typeof value === 'string' ? [value] : value)),
);
const statement = v.object({
  Effect: v.picklist(['Allow', 'Deny']),
  Principal: v.optional(v.union([v.string(), v.record(v.string(), oneOrMore)])),
  Action: v.optional(oneOrMore, []),
  Condition: v.optional(v.record(v.string(), v.record(v.string(), oneOrMore)), {}),
});
const policy = v.object({
  Statement: v.pipe(
    v.union([v.array(statement), statement]),
    v.transform(value => (Array.isArray(value) ? value : [value])),
  ),
});
type Statement = v.InferOutput<typeof statement>;

/**
 * Whether a function's policy lets a service invoke it. Assumes that conditions on anything but the source are met.
 *
 * @throws v.ValiError, SyntaxError the text is not a policy
 * @see AWS Secrets Manager User Guide, "Troubleshoot AWS Secrets Manager rotation", on "access denied"
 */
export function allowsInvoke(policyText: string, call: ServiceCall): boolean {
  const { Statement: statements } = v.parse(policy, JSON.parse(policyText));
  const applicable = statements.filter(each => applies(each, call));
  return (
    applicable.some(({ Effect }) => Effect === 'Allow') && !applicable.some(({ Effect }) => Effect === 'Deny')
  );
}

function applies({ Principal, Action, Condition }: Statement, call: ServiceCall): boolean {
  const services =
    typeof Principal === 'object' ? [...(Principal.Service ?? []), ...(Principal.AWS ?? [])] : [];
  return (
    (Principal === '*' || services.includes('*') || services.includes(call.service)) &&
    Action.some(action => matches(action.toLowerCase(), 'lambda:invokefunction')) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, key, values, call)),
    )
  );
}

const POSITIVE = /^(?:StringEquals|StringLike|ArnEquals|ArnLike)(?:IfExists)?$/;

function holds(operator: string, key: string, values: readonly string[], call: ServiceCall): boolean {
  const actual = { 'aws:sourceaccount': call.accountId, 'aws:sourcearn': call.sourceArn }[key.toLowerCase()];
  if (actual === undefined || !POSITIVE.test(operator)) return true;
  return values.some(value => matches(value, actual));
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}
