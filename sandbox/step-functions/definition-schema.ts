import * as v from 'valibot';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { compileTemplate } from './payload-template.ts';
import { parseReferencePath } from './reference-path.ts';
import { StatesError } from './state-failure.ts';

// The fields of the States Language in its JSONPath form (Amazon States Language specification, "States").
// Every object is strict: a field that is not listed is not emulated.

/** The maximum timeout, wait and number of attempts (Amazon States Language specification, "Timeouts"). */
const MAX_INTEGER = 99_999_999;
const MAX_DELAY_SECONDS_LIMIT = 31_622_400;

const positiveInteger = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_INTEGER));
const nonNegativeInteger = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_INTEGER));
const json = v.custom<Json>(() => true);
const jsonObject = v.custom<JsonObject>(isJsonObject, 'Expected an object');
const path = v.pipe(v.string(), v.transform(parseReferencePath));
const resultPath = v.pipe(
  path,
  v.check(({ root }) => root === 'data', 'ResultPath must not lead into the context object'),
);
const template = v.pipe(jsonObject, v.transform(compileTemplate));

const errorEquals = v.pipe(
  v.array(v.string()),
  v.minLength(1),
  v.check(
    names => !names.includes(StatesError.all) || names.length === 1,
    "'States.ALL' must be the only entry of ErrorEquals",
  ),
);
/** `States.ALL` matches every error, so it must be last. */
const catchesAllLast = (list: readonly { readonly ErrorEquals: readonly string[] }[]): boolean =>
  list.slice(0, -1).every(({ ErrorEquals }) => !ErrorEquals.includes(StatesError.all));

const retrier = v.pipe(
  v.strictObject({
    Comment: v.optional(v.string()),
    ErrorEquals: errorEquals,
    IntervalSeconds: v.optional(positiveInteger),
    MaxAttempts: v.optional(nonNegativeInteger),
    BackoffRate: v.optional(v.pipe(v.number(), v.minValue(1))),
    MaxDelaySeconds: v.optional(v.pipe(positiveInteger, v.maxValue(MAX_DELAY_SECONDS_LIMIT))),
    JitterStrategy: v.optional(v.picklist(['FULL', 'NONE'])),
  }),
  // Whether AWS accepts a cap without effect is not documented; rejecting it is stricter.
  v.check(
    ({ IntervalSeconds = 1, MaxDelaySeconds }) =>
      MaxDelaySeconds === undefined || MaxDelaySeconds > IntervalSeconds,
    'MaxDelaySeconds must be greater than IntervalSeconds',
  ),
);
const catcher = v.strictObject({
  Comment: v.optional(v.string()),
  ErrorEquals: errorEquals,
  Next: v.string(),
  ResultPath: v.optional(v.nullable(resultPath)),
});

const common = {
  Comment: v.optional(v.string()),
  QueryLanguage: v.optional(v.literal('JSONPath')),
};
const transition = { Next: v.optional(v.string()), End: v.optional(v.boolean()) };

const task = v.strictObject({
  ...common,
  ...transition,
  Type: v.literal('Task'),
  Resource: v.string(),
  Parameters: v.optional(template),
  ResultSelector: v.optional(template),
  ResultPath: v.optional(v.nullable(resultPath)),
  TimeoutSeconds: v.optional(positiveInteger),
  Retry: v.optional(
    v.pipe(
      v.array(retrier),
      v.check(list => catchesAllLast(list), "'States.ALL' must be in the last retrier"),
    ),
  ),
  Catch: v.optional(
    v.pipe(
      v.array(catcher),
      v.check(list => catchesAllLast(list), "'States.ALL' must be in the last catcher"),
    ),
  ),
});
/** One comparison: no other operator is emulated. */
const choiceRule = v.strictObject({
  Comment: v.optional(v.string()),
  Variable: path,
  StringEquals: v.string(),
  Next: v.string(),
});
const choice = v.strictObject({
  ...common,
  Type: v.literal('Choice'),
  Choices: v.pipe(v.array(choiceRule), v.minLength(1)),
  Default: v.optional(v.string()),
});
const pass = v.strictObject({
  ...common,
  ...transition,
  Type: v.literal('Pass'),
  Parameters: v.optional(template),
  Result: v.optional(json),
  ResultPath: v.optional(v.nullable(resultPath)),
});
const wait = v.strictObject({
  ...common,
  ...transition,
  Type: v.literal('Wait'),
  Seconds: nonNegativeInteger,
});
const succeed = v.strictObject({ ...common, Type: v.literal('Succeed') });
const fail = v.strictObject({
  ...common,
  Type: v.literal('Fail'),
  Error: v.optional(v.string()),
  Cause: v.optional(v.string()),
});

/** The schema of each emulated state type, by its `Type`. */
export const stateSchemas = {
  Task: task,
  Choice: choice,
  Pass: pass,
  Wait: wait,
  Succeed: succeed,
  Fail: fail,
};

/** The fields of a state machine; its states are not parsed yet. */
export const machineSchema = v.strictObject({
  Comment: v.optional(v.string()),
  QueryLanguage: v.optional(v.literal('JSONPath')),
  StartAt: v.string(),
  States: v.record(v.string(), jsonObject),
  TimeoutSeconds: v.optional(positiveInteger),
  Version: v.optional(v.literal('1.0')),
});

export type TaskState = v.InferOutput<typeof task>;
export type ChoiceState = v.InferOutput<typeof choice>;
export type PassState = v.InferOutput<typeof pass>;
export type WaitState = v.InferOutput<typeof wait>;
type SucceedState = v.InferOutput<typeof succeed>;
export type FailState = v.InferOutput<typeof fail>;
export type Retrier = v.InferOutput<typeof retrier>;
export type Catcher = v.InferOutput<typeof catcher>;
export type State = TaskState | ChoiceState | PassState | WaitState | SucceedState | FailState;
