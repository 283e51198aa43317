import * as v from 'valibot';

/** What can befall a call of an AWS operation, apart from {@link NAMED_REFUSAL}, which needs an error's name. */
export const AWS_FAULTS = [
  'throttled',
  'server-error',
  'access-denied',
  'connection-refused',
  'answer-lost',
  'delay',
  'hang',
  'hang-after',
  'wrong-body',
] as const;

/** Refuses a call of an AWS operation with the error that the rule names. */
export const NAMED_REFUSAL = 'refused';

/** What can also happen to a call that writes items in DynamoDB. */
export const ITEM_WRITE_FAULTS = ['transaction-conflict'] as const;

/** What can also happen to a call that uses a customer managed key. */
export const KEY_FAULTS = ['key-disabled'] as const;

/** What can befall an invocation of a function. */
export const FUNCTION_FAULTS = [
  'crash-before',
  'crash-after',
  'timeout-before',
  'timeout-after',
  'out-of-memory',
  'throttled',
  'server-error',
  'access-denied',
  'answer-lost',
] as const;

/** What can befall a request to Genesys Cloud. */
export const GENESYS_FAULTS = [
  'throttled',
  'server-error',
  'connection-refused',
  'answer-lost',
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

/** Which of the calls that a rule matches it befalls; they are counted from 1. */
export type FaultTiming =
  | 'always'
  /** That one and never again. */
  | { readonly nth: number }
  /** That one and all after it. */
  | { readonly from: number }
  /** Each with this probability, from 0 to 1. */
  | { readonly share: number };

/** A fault and when it comes. */
export interface FaultRule {
  /**
   * `secretsmanager:PutSecretValue` and the like for an AWS operation, `lambda:refresh` for the invocations of a
   * function by the short form of its name, `genesys:users/me` for an endpoint of Genesys Cloud. A `*` stands for any
   * text within one of the two parts; alone it stands for everything.
   */
  readonly target: string;
  readonly kind: FaultKind;
  /**
   * Only calls by this function (the short form of its name), or by `operator`: anybody who is no function. Left out,
   * a target without `*` takes the calls of all, one with it those of functions only, so that whoever watches is left
   * in peace. Only for AWS operations, and for `connection-refused` of Genesys Cloud.
   */
  readonly by?: string;
  /** `always` if left out. */
  readonly when?: FaultTiming;
  /** For `delay`, and only there: how long, by the sandbox's clock. */
  readonly ms?: number;
  /** For `refused`, and only there: the error's name, e.g. `InvalidRequestException`. */
  readonly error?: string;
}

/** A rule that cannot be followed; the message says why in one line. */
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
 * Reads a rule as JSON has it.
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
