/**
 * Behaviour that AWS does not document or limit. The defaults are the worse case for a caller, except `listLagMs`. The
 * options can be changed at any time.
 */
export interface StepFunctionsBehaviour {
  /** How long DescribeExecution does not find a new execution, in ms (default: 100). */
  startLagMs: number;
  /** How long DescribeExecution shows the state before a redrive, in ms (default: 300). */
  describeLagMs: number;
  /**
   * How long ListExecutions hides that an execution has started, closed or been redriven, in ms (default: 0). "This
   * operation is eventually consistent" (AWS Step Functions API Reference, ListExecutions).
   */
  listLagMs: number;
  /**
   * Whether GetExecutionHistory with `includeExecutionData: false` needs the key of an encrypted state machine.
   * `needsNoKey` also omits error and cause. AWS documents neither (default: `needsKey`).
   */
  historyWithoutData: 'needsKey' | 'needsNoKey';
}

/** See {@link StepFunctionsBehaviour}. */
export const defaultBehaviour: Readonly<StepFunctionsBehaviour> = {
  startLagMs: 100,
  describeLagMs: 300,
  listLagMs: 0,
  historyWithoutData: 'needsKey',
};
