import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { type ExecutionFailure, failureIn } from './executions.ts';

/** A step of an execution, as the user sees it. */
export type ExecutionStep =
  | { readonly kind: 'entered'; readonly state: string; readonly at: Date }
  | {
      readonly kind: 'attemptFailed';
      readonly state: string;
      readonly at: Date;
      readonly error: string;
      /** From 1. */
      readonly attempt: number;
    }
  | {
      readonly kind: 'retried';
      readonly state: string;
      readonly at: Date;
      /** The error of the previous attempt. */
      readonly error: string;
      /** The number of the attempt that starts, from 2. */
      readonly attempt: number;
    }
  | {
      readonly kind: 'left';
      readonly state: string;
      readonly at: Date;
      readonly durationMs: number;
      /** The error that was caught; the workflow continues in another state. */
      readonly caught: string | undefined;
    }
  | { readonly kind: 'redriven'; readonly at: Date; readonly redriveCount: number }
  | {
      readonly kind: 'closed';
      readonly at: Date;
      /** The state that it ended in. */
      readonly state: string | undefined;
      /** Since the start or the redrive. */
      readonly durationMs: number;
      /** Undefined when it succeeded. */
      readonly failure: ExecutionFailure | undefined;
    };

/** AWS Step Functions API Reference, HistoryEvent: how an attempt of a Task can fail. */
const ATTEMPT_FAILURES = new Set(['TaskFailed', 'TaskTimedOut', 'TaskStartFailed', 'TaskSubmitFailed']);

/** Turns the events of one execution, oldest first, into steps. */
export class StepReader {
  #state: string | undefined;
  #enteredAt = new Date(0);
  #startedAt = new Date(0);
  #attempts = 0;
  #failedWith: string | undefined;
  /** A redriven Task may be scheduled without a second TaskStateEntered. */
  #resumes: boolean = false;

  /** The steps of an event: usually one or none, two if a redriven state starts without its own event. */
  read(event: HistoryEvent): readonly ExecutionStep[] {
    const { type = '', timestamp: at = new Date(0) } = event;
    if (type === 'ExecutionStarted') this.#startedAt = at;
    if (type === 'ExecutionRedriven') return this.#redriven(event, at);
    if (type.endsWith('StateEntered')) return [this.#enter(event.stateEnteredEventDetails?.name ?? '', at)];
    if (type === 'TaskScheduled') return this.#scheduled(at);
    if (ATTEMPT_FAILURES.has(type)) return this.#attemptFailed(event, at);
    if (type.endsWith('StateExited')) return this.#left(at);
    return this.#closed(event, at);
  }

  #enter(state: string, at: Date): ExecutionStep {
    this.#state = state;
    this.#enteredAt = at;
    this.#attempts = 0;
    this.#failedWith = undefined;
    this.#resumes = false;
    return { kind: 'entered', state, at };
  }

  #scheduled(at: Date): readonly ExecutionStep[] {
    const state = this.#state ?? '';
    const steps = this.#resumes ? [this.#enter(state, at)] : [];
    this.#attempts++;
    if (this.#failedWith === undefined) return steps;
    const error = this.#failedWith;
    this.#failedWith = undefined;
    return [...steps, { kind: 'retried', state, at, error, attempt: this.#attempts }];
  }

  #attemptFailed(event: HistoryEvent, at: Date): readonly ExecutionStep[] {
    const { error = 'unknown' } =
      event.taskFailedEventDetails ??
      event.taskTimedOutEventDetails ??
      event.taskStartFailedEventDetails ??
      event.taskSubmitFailedEventDetails ??
      {};
    this.#failedWith = error;
    return [{ kind: 'attemptFailed', state: this.#state ?? '', at, error, attempt: this.#attempts }];
  }

  #left(at: Date): readonly ExecutionStep[] {
    return [
      {
        kind: 'left',
        state: this.#state ?? '',
        at,
        durationMs: at.getTime() - this.#enteredAt.getTime(),
        caught: this.#failedWith,
      },
    ];
  }

  #redriven(event: HistoryEvent, at: Date): readonly ExecutionStep[] {
    this.#startedAt = at;
    this.#failedWith = undefined;
    this.#resumes = true;
    const { redriveCount = 0 } = event.executionRedrivenEventDetails ?? {};
    return [{ kind: 'redriven', at, redriveCount }];
  }

  #closed(event: HistoryEvent, at: Date): readonly ExecutionStep[] {
    const failure = failureIn(event, this.#state);
    if (failure === undefined && event.type !== 'ExecutionSucceeded') return [];
    const durationMs = at.getTime() - this.#startedAt.getTime();
    return [{ kind: 'closed', at, state: this.#state, durationMs, failure }];
  }
}
