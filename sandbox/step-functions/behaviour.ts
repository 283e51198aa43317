/**
 * What AWS leaves open or does not bound; the defaults are the worse case for a caller, but for `listLagMs`. The
 * switches may be changed at any time.
 */
export interface StepFunctionsBehaviour {
  /** How long DescribeExecution does not know an execution after its start, in ms. Default 100. */
  startLagMs: number;
  /** How long DescribeExecution shows the state before a redrive, in ms. Default 300. */
  describeLagMs: number;
  /**
   * How long ListExecutions does not show that an execution has started, closed or been redriven, in ms. Default 0.
   * "This operation is eventually consistent" (AWS Step Functions API Reference, ListExecutions).
   */
  listLagMs: number;
  /**
   * Whether GetExecutionHistory with `includeExecutionData: false` needs the key of an encrypted state machine.
   * `needsNoKey` leaves out error and cause, too. AWS publishes neither. Default `needsKey`.
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
