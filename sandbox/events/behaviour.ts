/** What differs between accounts, or happens now and then. */
export interface EventBridgeBehaviour {
  /** Whether each rule hands over each event twice, as it does now and then on AWS. Default false. */
  readonly duplicates: boolean;
  /** Which rules do anything: without those with a schedule long times pass faster. Default `all`. */
  readonly rules: 'all' | 'patterns' | 'none';
}

/** See {@link EventBridgeBehaviour}. */
export const defaultBehaviour: EventBridgeBehaviour = {
  duplicates: false,
  rules: 'all',
};
