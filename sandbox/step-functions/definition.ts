import * as v from 'valibot';
import { AwsError } from '../aws/aws-error.ts';
import type { JsonObject } from '../json.ts';
import { invalidDefinition, NotEmulated } from './definition-errors.ts';
import { machineSchema, type State, stateSchemas, type TaskState } from './definition-schema.ts';

/** A parsed definition. */
export interface Definition {
  /** As given. */
  readonly text: string;
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
  /** The execution's timeout, from its start and again from each redrive. */
  readonly timeoutSeconds: number | undefined;
}

const MAX_STATE_NAME_LENGTH = 80;
const LAMBDA_INVOKE = /^arn:([\w-]+):states:::lambda:invoke$/;
const INVOKE_PARAMETERS = new Set(['FunctionName', 'FunctionName.$', 'Payload', 'Payload.$']);

/**
 * Reads a definition and checks it as CreateStateMachine does: fields, transitions, reachability.
 *
 * @param partition the partition of the service integrations that the definition may use
 * @throws NotEmulated for a feature that is not emulated; the message names the state and the field
 * @throws AwsError InvalidDefinition
 */
export function parseDefinition(definition: string | object, partition: string): Definition {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  const machine = parseWith(machineSchema, parseJson(text), 'The state machine');
  const states = new Map<string, State>();
  for (const [name, source] of Object.entries(machine.States)) {
    states.set(name, parseState(name, source, partition));
  }
  checkTransitions(machine.StartAt, states);
  return { text, startAt: machine.StartAt, states, timeoutSeconds: machine.TimeoutSeconds };
}

function successors(state: State): readonly string[] {
  switch (state.Type) {
    case 'Choice':
      return [
        ...state.Choices.map(rule => rule.Next),
        ...(state.Default === undefined ? [] : [state.Default]),
      ];
    case 'Task':
      return [...next(state), ...(state.Catch ?? []).map(catcher => catcher.Next)];
    case 'Pass':
    case 'Wait':
      return next(state);
    case 'Succeed':
    case 'Fail':
      return [];
  }
}

function next(state: { readonly Next?: string | undefined }): readonly string[] {
  return state.Next === undefined ? [] : [state.Next];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError('InvalidDefinition', "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION'");
  }
}

function parseState(name: string, source: JsonObject, partition: string): State {
  const where = `State '${name}'`;
  if (name.length > MAX_STATE_NAME_LENGTH) {
    throw invalidDefinition(`The name of the state '${name}' exceeds ${MAX_STATE_NAME_LENGTH} characters`);
  }
  const type = source.Type;
  if (type === 'Parallel' || type === 'Map') throw new NotEmulated(`${where}: the type '${type}'`);
  if (!isStateType(type)) throw invalidDefinition(`${where} has no valid Type`);
  try {
    const state: State = parseWith(stateSchemas[type], source, where);
    if (state.Type === 'Task') checkTaskResource(state, partition);
    return state;
  } catch (error) {
    if (error instanceof NotEmulated && !error.message.startsWith(where)) {
      throw new NotEmulated(`${where}: ${error.message.replace(/ is not emulated\.$/, '')}`);
    }
    throw error;
  }
}

function isStateType(type: unknown): type is keyof typeof stateSchemas {
  return typeof type === 'string' && Object.hasOwn(stateSchemas, type);
}

function parseWith<Schema extends v.GenericSchema>(
  schema: Schema,
  source: unknown,
  where: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, source);
  if (result.success) return result.output;
  // A strict object expects "never" for an unknown field. Report it first: it explains missing fields.
  const unknownField = result.issues.find(({ expected }) => expected === 'never');
  const issue = unknownField ?? result.issues[0];
  const field = v.getDotPath(issue) ?? '';
  const unknown = unknownField !== undefined;
  if (unknown || (field === 'QueryLanguage' && issue.type === 'literal')) {
    throw new NotEmulated(
      `${where}: the field '${field}'${unknown ? '' : ` with the value ${issue.received}`}`,
    );
  }
  throw invalidDefinition(`${where}, field '${field}': ${issue.message}`);
}

/**
 * Only the optimised integration `lambda:invoke` is emulated (AWS Step Functions Developer Guide, "Invoke an AWS Lambda
 * function with Step Functions").
 *
 * @throws NotEmulated for other resources, and for other parameters of `lambda:invoke`
 * @throws AwsError InvalidDefinition for another partition, or without a function name
 */
function checkTaskResource(state: TaskState, partition: string): void {
  const match = LAMBDA_INVOKE.exec(state.Resource);
  if (match === null) throw new NotEmulated(`The Resource '${state.Resource}'`);
  if (match[1] !== partition) {
    throw invalidDefinition(`The resource '${state.Resource}' is not in the partition '${partition}'`);
  }

  const parameters = Object.keys(state.Parameters?.source ?? {});
  const unknown = parameters.find(parameter => !INVOKE_PARAMETERS.has(parameter));
  if (unknown !== undefined) throw new NotEmulated(`The field 'Parameters.${unknown}' of lambda:invoke`);
  if (!parameters.some(parameter => parameter.startsWith('FunctionName'))) {
    throw invalidDefinition(`The field 'FunctionName' is required in 'Parameters'`);
  }
}

function checkTransitions(startAt: string, states: ReadonlyMap<string, State>): void {
  if (!states.has(startAt)) throw invalidDefinition(`MISSING_TRANSITION_TARGET: StartAt '${startAt}'`);
  const reached = new Set([startAt]);
  for (const name of reached) {
    const state = states.get(name);
    if (state === undefined) throw invalidDefinition(`MISSING_TRANSITION_TARGET: '${name}'`);
    for (const successor of successors(state)) reached.add(successor);
  }
  for (const [name, state] of states) {
    if (!reached.has(name)) {
      throw invalidDefinition(`MISSING_TRANSITION_TARGET: State '${name}' is not reachable`);
    }
    if (state.Type === 'Task' || state.Type === 'Pass' || state.Type === 'Wait') checkEnd(name, state);
  }
}

function checkEnd(name: string, state: { Next?: string | undefined; End?: boolean | undefined }): void {
  if ((state.Next === undefined) === (state.End !== true)) {
    throw invalidDefinition(`State '${name}' needs exactly one of Next and End: true`);
  }
}
