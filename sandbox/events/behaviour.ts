/** What differs between accounts, or happens now and then. */
export interface EventBridgeBehaviour {
  /**
   * Whether a trail of CloudTrail is logging. Without one, no service event of CloudTrail, such as RotationFailed, gets
   * to the bus. Default true.
   */
  readonly trail: boolean;
  /** Whether each rule hands over each event twice, as it does now and then on AWS. Default false. */
  readonly duplicates: boolean;
  /** Whether rules with a schedule run. Off, long times pass faster. Default true. */
  readonly schedules: boolean;
}

/** See {@link EventBridgeBehaviour}. */
export const defaultBehaviour: EventBridgeBehaviour = {
  trail: true,
  duplicates: false,
  schedules: true,
};
