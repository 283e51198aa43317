import type { Definition } from './definition.ts';

/** The logging configuration of a state machine. */
export interface HistoryLog {
  /** `ALL`, `ERROR` or `FATAL`. */
  readonly level: string;
  readonly includeExecutionData: boolean;
  readonly logGroupArns: readonly string[];
}

/** A snapshot of a state machine of the type STANDARD. */
export interface StateMachine {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly definition: Definition;
  readonly roleArn: string;
  readonly createdAt: Date;
  /** Default: no logging. */
  readonly logging?: HistoryLog | undefined;
  /** Whether its executions are traced with X-Ray. */
  readonly tracing: boolean;
  /** The customer managed key that encrypts its data. */
  readonly kmsKeyId?: string | undefined;
}

/** The properties of a new state machine. */
export interface StateMachineSpecification {
  readonly name: string;
  /** Amazon States Language in its JSONPath form, as text or parsed. */
  readonly definition: string | object;
  readonly roleArn: string;
  /** Default: derived from the name. */
  readonly arn?: string;
  readonly logging?: HistoryLog | undefined;
  readonly tracing?: boolean;
  readonly kmsKeyId?: string | undefined;
}
