import * as v from 'valibot';

const RetrierSchema = v.object({
  ErrorEquals: v.array(v.string()),
  IntervalSeconds: v.optional(v.number()),
  MaxAttempts: v.optional(v.number()),
  BackoffRate: v.optional(v.number()),
  MaxDelaySeconds: v.optional(v.number()),
  JitterStrategy: v.optional(v.string()),
});

/** A choice rule: the two named keys, and a test of the variable such as `StringEquals`. */
const ChoiceRuleSchema = v.looseObject({ Variable: v.string(), Next: v.string() });

const StateSchema = v.object({
  Type: v.string(),
  Comment: v.optional(v.string()),
  Resource: v.optional(v.string()),
  Parameters: v.optional(v.looseObject({ FunctionName: v.string() })),
  TimeoutSeconds: v.optional(v.number()),
  Retry: v.optional(v.array(RetrierSchema), []),
  Catch: v.optional(v.array(v.object({ ErrorEquals: v.array(v.string()), Next: v.string() })), []),
  Choices: v.optional(v.array(ChoiceRuleSchema), []),
  Default: v.optional(v.string()),
  Next: v.optional(v.string()),
});

const DefinitionSchema = v.object({
  QueryLanguage: v.optional(v.string()),
  TimeoutSeconds: v.optional(v.number()),
  StartAt: v.string(),
  States: v.record(v.string(), StateSchema),
});

/** A state machine in the Amazon States Language: its graph and its times. */
export type Definition = v.InferOutput<typeof DefinitionSchema>;

/** One state; members that its type does not have are empty or undefined. */
export type State = v.InferOutput<typeof StateSchema>;

/** A retrier; omitted members have defaults in the Amazon States Language. */
export type Retrier = v.InferOutput<typeof RetrierSchema>;

type ChoiceRule = v.InferOutput<typeof ChoiceRuleSchema>;

/** A transition between two states. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'default' | 'catch';
  /** A choice's condition, or the errors that are caught; empty for a plain `Next`. */
  readonly label: string;
}

/**
 * Reads a definition.
 *
 * @throws ValiError names the key that violates the Amazon States Language
 */
export function parseDefinition(text: string): Definition {
  return v.parse(DefinitionSchema, JSON.parse(text));
}

/** All transitions, in the order of the definition. */
export function transitions({ States }: Definition): readonly Transition[] {
  return Object.entries(States).flatMap(([from, state]): Transition[] => [
    ...state.Choices.map(rule => ({
      from,
      to: rule.Next,
      kind: 'choice' as const,
      label: condition(rule),
    })),
    ...(state.Default === undefined
      ? []
      : [{ from, to: state.Default, kind: 'default' as const, label: 'otherwise' }]),
    ...(state.Next === undefined ? [] : [{ from, to: state.Next, kind: 'next' as const, label: '' }]),
    ...state.Catch.map(({ ErrorEquals, Next }) => ({
      from,
      to: Next,
      kind: 'catch' as const,
      label: ErrorEquals.join(', '),
    })),
  ]);
}

/** A rule in words: `route = refresh`. */
function condition({ Variable, Next, ...test }: ChoiceRule): string {
  const variable = Variable.slice(Variable.lastIndexOf('.') + 1);
  return Object.entries(test)
    .map(([operator, value]) =>
      operator.endsWith('Equals') ? `${variable} = ${value}` : `${variable} ${operator} ${value}`,
    )
    .join(', ');
}
