import { invalidDefinition, NotEmulated } from './definition-errors.ts';
import type { TaskState } from './definition-schema.ts';

/**
 * How a Task calls its function: through the optimised integration `lambda:invoke`, or by the function's own
 * ARN (AWS Step Functions Developer Guide, "Invoke an AWS Lambda function with Step Functions").
 */
export type TaskResource =
  | { readonly kind: 'lambda:invoke' }
  | { readonly kind: 'function'; readonly functionArn: string };

const LAMBDA_INVOKE = /^arn:([\w-]+):states:::lambda:invoke$/;
const FUNCTION_ARN = /^arn:([\w-]+):lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/;
const INVOKE_PARAMETERS = new Set(['FunctionName', 'FunctionName.$', 'Payload', 'Payload.$']);

/** Reads the `Resource` of a Task that has passed {@link checkTaskResource}. */
export function taskResource(state: TaskState): TaskResource {
  return LAMBDA_INVOKE.test(state.Resource)
    ? { kind: 'lambda:invoke' }
    : { kind: 'function', functionArn: state.Resource };
}

/**
 * @throws NotEmulated for other resources, and for other parameters of `lambda:invoke`
 * @throws AwsError InvalidDefinition for another partition, or without a function name
 */
export function checkTaskResource(state: TaskState, partition: string): void {
  const match = LAMBDA_INVOKE.exec(state.Resource) ?? FUNCTION_ARN.exec(state.Resource);
  if (match === null) throw new NotEmulated(`The Resource '${state.Resource}'`);
  if (match[1] !== partition) {
    throw invalidDefinition(`The resource '${state.Resource}' is not in the partition '${partition}'`);
  }
  if (taskResource(state).kind === 'function') return;

  const parameters = Object.keys(state.Parameters?.source ?? {});
  const unknown = parameters.find(parameter => !INVOKE_PARAMETERS.has(parameter));
  if (unknown !== undefined) throw new NotEmulated(`The field 'Parameters.${unknown}' of lambda:invoke`);
  if (!parameters.some(parameter => parameter.startsWith('FunctionName'))) {
    throw invalidDefinition(`The field 'FunctionName' is required in 'Parameters'`);
  }
}
