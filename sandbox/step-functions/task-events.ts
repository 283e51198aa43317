import type { Json } from '../json.ts';
import type { TaskState } from './definition-schema.ts';
import type { Failure } from './state-failure.ts';
import { taskResource } from './task-resource.ts';
import type { Visit } from './visit.ts';

/** Writes what happens to one attempt of a Task into the history. */
export interface TaskEvents {
  started(): void;
  succeeded(output: Json): void;
  failed(failure: Failure): void;
  timedOut(failure: Failure): void;
}

/**
 * Records that a Task is scheduled. The integration `lambda:invoke` is recorded as `Task…`, a function's own
 * ARN as `LambdaFunction…` (AWS Step Functions API Reference, HistoryEvent).
 */
export function scheduleTask(state: TaskState, visit: Visit, parameters: Json): TaskEvents {
  const { history, engine } = visit;
  const resource = taskResource(state);
  const timeout = state.TimeoutSeconds === undefined ? {} : { timeoutInSeconds: state.TimeoutSeconds };
  const text = JSON.stringify(parameters);
  const notTruncated = { truncated: false };

  const direct = resource.kind === 'function';
  const prefix = direct ? 'LambdaFunction' : 'Task';
  const common = direct ? undefined : { resourceType: 'lambda', resource: 'invoke' };
  const scheduled = direct
    ? { resource: resource.functionArn, input: text, inputDetails: notTruncated }
    : { ...common, region: engine.region, parameters: text };

  history.append(`${prefix}Scheduled`, { ...scheduled, ...timeout });
  return {
    started: () => {
      history.append(`${prefix}Started`, common);
    },
    succeeded: output => {
      const details = { output: JSON.stringify(output), outputDetails: notTruncated };
      history.append(`${prefix}Succeeded`, { ...common, ...details });
    },
    failed: failure => {
      history.append(`${prefix}Failed`, { ...common, ...failure });
    },
    timedOut: failure => {
      history.append(`${prefix}TimedOut`, { ...common, ...failure });
    },
  };
}
