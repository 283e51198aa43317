/** The conditions of a rotation, in addition to the fault. */
export type Scenario = 'plain' | 'older value' | 'unrecorded';

interface ScenarioRule {
  /** Precedes a function's name in a heading. */
  readonly title: string;
  /** For the page; empty where there is nothing to explain. */
  readonly description: string;
  /**
   * Whether to inject faults into a call.
   *
   * @param isPlain whether the plain rotation also makes the call
   */
  readonly includes: (
    site: { readonly functionName: string; readonly sort: string },
    isPlain: boolean,
  ) => boolean;
}

/** The scenarios, in the order of the page. */
export const SCENARIOS: Readonly<Record<Scenario, ScenarioRule>> = {
  plain: {
    title: '',
    description: '',
    includes: () => true,
  },
  'older value': {
    title: 'An older value is AWSCURRENT: ',
    description:
      'Somebody restored the value from before the last rotation, and the access token in the journal is about to expire. So `refresh` opens the newest pair in the journal and exchanges its refresh token. These are the calls that only such a rotation makes.',
    includes: (_site, isPlain) => !isPlain,
  },
  unrecorded: {
    title: 'Refresh cannot record the pair: ',
    description:
      "The journal refuses the result of the exchange, so the new pair is only in the execution's state, and `store-pending` records it. This is a second fault in the same rotation.",
    includes: ({ functionName, sort }) =>
      functionName === 'store-pending' || (functionName === 'refresh' && sort === 'invocation'),
  },
};

/** All scenarios. */
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly Scenario[];
