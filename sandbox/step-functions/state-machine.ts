import type { Definition } from './definition.ts';

/** What of a state machine's history goes to CloudWatch Logs. */
export interface HistoryLog {
  /** `ALL`, `ERROR` or `FATAL`. */
  readonly level: string;
  readonly includeExecutionData: boolean;
  readonly logGroupArns: readonly string[];
}

/** A state machine of the type STANDARD, as it was when it was looked up. */
export interface StateMachine {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly definition: Definition;
  readonly roleArn: string;
  readonly createdAt: Date;
  /** Nothing is logged if left out. */
  readonly logging?: HistoryLog | undefined;
  /** Whether its executions are traced with X-Ray. */
  readonly tracing: boolean;
  /** The customer managed key that its data is encrypted with. */
  readonly kmsKeyId?: string | undefined;
}

/** What a state machine is made from. */
export interface StateMachineSpecification {
  readonly name: string;
  /** Amazon States Language in its JSONPath form, as text or parsed. */
  readonly definition: string | object;
  readonly roleArn: string;
  /** Made from the name by default. */
  readonly arn?: string;
  readonly logging?: HistoryLog | undefined;
  readonly tracing?: boolean;
  readonly kmsKeyId?: string | undefined;
}
