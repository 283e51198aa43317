import * as v from 'valibot';
import { enumeration } from '../aws/enumeration.ts';
import { type AccessRequest, operation } from '../aws/service.ts';
import { functionConcurrency, functionConfiguration, functionPolicy } from './function-description.ts';
import type { FunctionRegistry } from './function-registry.ts';
import type { Invocation } from './invoker.ts';
import { checkPayload } from './payload-limits.ts';

const notEmulated = v.optional(v.never());
const functionInput = v.object({ FunctionName: v.string(), Qualifier: v.optional(v.string()) });
const invokeInput = v.object({
  ...functionInput.entries,
  InvocationType: v.optional(enumeration(['RequestResponse', 'Event'], ['DryRun'])),
  LogType: v.optional(v.picklist(['None', 'Tail'])),
  Payload: v.optional(v.string()),
  ClientContext: notEmulated,
  DurableExecutionName: notEmulated,
  TenantId: notEmulated,
});

/** A function to invoke, and its payload. */
export interface InvokedFunction {
  readonly functionName: string;
  readonly qualifier: string | undefined;
  /** JSON. */
  readonly payload: string;
  readonly requestId: string;
}

/** The dependencies of the operations. */
interface OperationParts {
  readonly functions: FunctionRegistry;
  readonly policyOf: ((functionArn: string) => readonly object[]) | undefined;
  readonly invoke: (invoked: InvokedFunction) => Promise<Invocation>;
  /** Queues an event. */
  readonly accept: (invoked: InvokedFunction) => void;
  /** The last lines that a function wrote for a request, in base64. */
  readonly tail: (functionName: string, requestId: string) => string;
}

/** The emulated operations (AWS Lambda API Reference, "Actions"). */
export function lambdaOperations(parts: OperationParts) {
  const { functions } = parts;
  type FunctionInput = v.InferOutput<typeof functionInput>;
  const find = (input: FunctionInput) => functions.find(input.FunctionName, input.Qualifier);
  const access =
    (action: string) =>
    (input: FunctionInput): AccessRequest[] => [
      { action, resource: functions.requestedArn(input.FunctionName, input.Qualifier) },
    ];
  return {
    Invoke: operation(
      invokeInput,
      (input, { requestId }) => invokeOperation(input, requestId, parts),
      access('lambda:InvokeFunction'),
    ),
    GetFunctionConfiguration: operation(
      functionInput,
      input => functionConfiguration(find(input)),
      access('lambda:GetFunctionConfiguration'),
    ),
    GetFunctionConcurrency: operation(
      functionInput,
      input => functionConcurrency(functions.find(input.FunctionName)),
      access('lambda:GetFunctionConcurrency'),
    ),
    GetPolicy: operation(
      functionInput,
      input => functionPolicy(find(input), parts.policyOf),
      access('lambda:GetPolicy'),
    ),
  };
}

async function invokeOperation(
  input: v.InferOutput<typeof invokeInput>,
  requestId: string,
  { functions, invoke, accept, tail }: OperationParts,
): Promise<object> {
  const { FunctionName: functionName, Qualifier: qualifier, InvocationType = 'RequestResponse' } = input;
  const payload = input.Payload || '{}';
  const { name, version } = functions.find(functionName, qualifier);
  checkPayload(payload, InvocationType);
  const invoked = { functionName, qualifier, payload, requestId };
  if (InvocationType === 'Event') {
    accept(invoked);
    return { StatusCode: 202, Payload: '' };
  }
  const invocation = await invoke(invoked);
  return {
    StatusCode: 200,
    Payload: JSON.stringify(invocation.payload),
    ExecutedVersion: version,
    ...(invocation.functionError !== undefined && { FunctionError: invocation.functionError }),
    ...(input.LogType === 'Tail' && { LogResult: tail(name, requestId) }),
  };
}
