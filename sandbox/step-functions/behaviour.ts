/** What AWS leaves open or does not bound; the defaults are the worse case for a caller. */
export interface StepFunctionsBehaviour {
  /**
   * When the input of a second StartExecution with the same name counts as the same: equal texts, or equal
   * JSON. Default `bytes`.
   */
  readonly inputEquality: 'bytes' | 'json';
  /** How long DescribeExecution does not know an execution after its start, in ms. Default 100. */
  readonly startLagMs: number;
  /** How long DescribeExecution shows the state before a redrive, in ms. Default 300. */
  readonly describeLagMs: number;
  /** Whether a redriven Task gets a second TaskStateEntered event before TaskScheduled. Default false. */
  readonly redriveReentersTask: boolean;
  /** Whether calls beyond the region's quotas are refused with ThrottlingException. Default true. */
  readonly requestQuotas: boolean;
}

/** See {@link StepFunctionsBehaviour}. */
export const defaultBehaviour: StepFunctionsBehaviour = {
  inputEquality: 'bytes',
  startLagMs: 100,
  describeLagMs: 300,
  redriveReentersTask: false,
  requestQuotas: true,
};
