import * as v from 'valibot';

/** Faults of AWS calls, except {@link NAMED_REFUSAL}, which needs an error name. */
export const AWS_FAULTS = [
  'throttled',
  'server-error',
  'access-denied',
  'connection-refused',
  'response-lost',
  'delay',
  'hang',
  'hang-after',
  'wrong-body',
] as const;

/** Refuses an AWS call with the error that the rule names. */
export const NAMED_REFUSAL = 'refused';

/** Additional faults of DynamoDB writes. */
export const ITEM_WRITE_FAULTS = ['transaction-conflict'] as const;

/** Additional faults of calls that use a customer managed key. */
export const KEY_FAULTS = ['key-disabled'] as const;

/** Faults of function invocations. */
export const FUNCTION_FAULTS = [
  'crash-before',
  'crash-after',
  'timeout-before',
  'timeout-after',
  'out-of-memory',
  'throttled',
  'server-error',
  'access-denied',
  'response-lost',
] as const;

/** Faults of requests to Genesys Cloud. */
export const GENESYS_FAULTS = [
  'throttled',
  'server-error',
  'connection-refused',
  'response-lost',
  'delay',
  'hang',
  'hang-after',
  'wrong-body',
  'empty-body',
  'redirect',
  'huge-body',
] as const;

export type AwsFaultKind = (typeof AWS_FAULTS | typeof ITEM_WRITE_FAULTS | typeof KEY_FAULTS)[number];
export type FunctionFaultKind = (typeof FUNCTION_FAULTS)[number];
export type GenesysFaultKind = (typeof GENESYS_FAULTS)[number];
/** What a fault does. The section "Faults" of the sandbox's README describes each. */
export type FaultKind = AwsFaultKind | typeof NAMED_REFUSAL | FunctionFaultKind | GenesysFaultKind;

/** Which of the matching calls get the fault, counted from 1. */
export type FaultTiming =
  | 'always'
  /** Only this call. */
  | { readonly nth: number }
  /** This call and all later ones. */
  | { readonly from: number }
  /** Each with this probability, from 0 to 1. */
  | { readonly share: number };

/** A fault and when to inject it. */
export interface FaultRule {
  /**
   * An AWS operation (`secretsmanager:PutSecretValue`), the invocations of a function by its short name
   * (`lambda:refresh`), or an endpoint of Genesys Cloud (`genesys:users/me`). `*` matches any text within one of the
   * two parts; alone it matches everything.
   */
  readonly target: string;
  readonly kind: FaultKind;
  /**
   * Only calls by this function (its short name), or by `operator`: any caller that is not a function. Default: all
   * callers for a target without `*`, only functions for a target with it, so that observers do not get the faults.
   * Only for AWS operations, and for `connection-refused` of Genesys Cloud.
   */
  readonly by?: string;
  /** Default: `always`. */
  readonly when?: FaultTiming;
  /** The length of a `delay`, in ms of sandbox time. */
  readonly ms?: number;
  /** The error's name for `refused`, e.g. `InvalidRequestException`. */
  readonly error?: string;
}

/** An invalid rule; the message is one line. */
export class InvalidFault extends Error {
  override readonly name = 'InvalidFault';
}

const KINDS = [
  ...new Set<FaultKind>([
    ...AWS_FAULTS,
    NAMED_REFUSAL,
    ...ITEM_WRITE_FAULTS,
    ...KEY_FAULTS,
    ...FUNCTION_FAULTS,
    ...GENESYS_FAULTS,
  ]),
];

const position = v.pipe(
  v.number('nth and from are numbers'),
  v.integer('nth and from are whole numbers'),
  v.minValue(1, 'nth and from count from 1'),
);
const share = v.pipe(
  v.number('share is a number'),
  v.minValue(0, 'share is at least 0'),
  v.maxValue(1, 'share is at most 1'),
);

const faultRule = v.strictObject({
  target: v.string('target is a text'),
  kind: v.picklist(KINDS, issue => `there is no kind ${issue.received}; there are ${KINDS.join(', ')}`),
  by: v.exactOptional(v.string('by is a text')),
  when: v.exactOptional(
    v.lazy(input => {
      if (typeof input !== 'object' || input === null)
        return v.literal('always', 'when is always, or nth, from or share');
      if ('nth' in input) return v.strictObject({ nth: position });
      if ('from' in input) return v.strictObject({ from: position });
      return v.strictObject({ share });
    }),
  ),
  ms: v.exactOptional(
    v.pipe(v.number('ms is a number'), v.integer('ms is a whole number'), v.minValue(0, 'ms is at least 0')),
  ),
  error: v.exactOptional(
    v.pipe(v.string('error is a text'), v.regex(/^[A-Za-z]+$/, 'error is the name of an AWS error')),
  ),
});

/**
 * Reads a rule from JSON.
 *
 * @throws InvalidFault
 */
export function readFaultRule(input: unknown): FaultRule {
  const result = v.safeParse(faultRule, input, { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    const where = v.getDotPath(issue);
    throw new InvalidFault(`Bad fault: ${issue.message}${where === null ? '' : ` (${where})`}.`);
  }
  const rule = result.output;
  if ((rule.kind === 'delay') !== (rule.ms !== undefined)) {
    throw new InvalidFault('Bad fault: a delay needs ms, and nothing else has it.');
  }
  if ((rule.kind === NAMED_REFUSAL) !== (rule.error !== undefined)) {
    throw new InvalidFault(`Bad fault: ${NAMED_REFUSAL} needs error, and no other kind has it.`);
  }
  return rule;
}
