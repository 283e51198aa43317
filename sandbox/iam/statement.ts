import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { Conditions, type Refuse, type RequestKeys, withoutVariables } from './conditions.ts';
import { type Matcher, resourceMatcher, wildcardMatcher } from './patterns.ts';
import { type Principal, type PrincipalMatcher, principalMatcher } from './principal.ts';
import { UnevaluablePolicy } from './unevaluable-policy.ts';

/** A request to authorise. */
export interface EvaluatedRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly keys: RequestKeys;
}

/** One action on one resource, as written in a statement. */
export interface Clause {
  readonly action: string;
  readonly resource: string;
}

/** The kind of policy: identity-based, resource-based, or a role's trust policy, whose resource is the role. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

interface CompiledClause extends Clause {
  readonly matchesAction: Matcher;
  readonly matchesResource: Matcher;
}

const MEMBERS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);
const LITERAL_ACTION = /^[a-z0-9-]+:[A-Za-z0-9]+$/i;
const ACTION = /^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/i;

/** A parsed statement of a policy. */
export class Statement {
  /** `Sid`, or its index in the policy. */
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  readonly clauses: readonly Clause[];
  readonly #compiled: readonly CompiledClause[];
  readonly #matchesPrincipal: PrincipalMatcher | undefined;
  readonly #conditions: Conditions;

  /**
   * @param owner the role or resource of the policy, for the error message
   * @throws UnevaluablePolicy
   */
  constructor(source: Json, index: number, options: { readonly owner: string; readonly kind: PolicyKind }) {
    const statement = isJsonObject(source) ? source : {};
    this.sid = typeof statement.Sid === 'string' ? statement.Sid : String(index);
    const refuse: Refuse = problem => {
      throw new UnevaluablePolicy(options.owner, this.sid, problem);
    };
    if (!isJsonObject(source)) refuse('it is not an object.');
    for (const member of Object.keys(statement)) {
      if (!MEMBERS.has(member)) refuse(`the element ${member} is not emulated.`);
    }
    this.effect = effectOf(statement.Effect, refuse);
    this.#matchesPrincipal = principalOf(statement, options.kind, refuse);
    this.#compiled = clausesOf(statement, options.kind, refuse);
    this.clauses = this.#compiled;
    this.#conditions = new Conditions(statement.Condition, refuse);
    for (const { action } of this.clauses) {
      if (LITERAL_ACTION.test(action)) this.#conditions.check(action);
    }
  }

  /** The condition keys that the statement uses, as written. */
  get conditionKeys(): readonly string[] {
    return this.#conditions.keys;
  }

  /** How its `Principal` matches; an identity-based policy has none and always matches. */
  principalMatch(principal: Principal): 'named' | 'account' | 'none' {
    return this.#matchesPrincipal?.(principal) ?? 'named';
  }

  /**
   * The clause that matches a request, regardless of its principal; undefined if the statement does not apply.
   *
   * @param isInForce whether a clause is in force
   * @throws UnevaluablePolicy when the sandbox does not set a condition key for the action
   */
  clauseFor(
    { action, resource, keys }: EvaluatedRequest,
    isInForce: (clause: Clause) => boolean = () => true,
  ): Clause | undefined {
    const clause = this.#compiled.find(
      each => each.matchesAction(action) && each.matchesResource(resource) && isInForce(each),
    );
    return clause !== undefined && this.#conditions.areMet(action, keys) ? clause : undefined;
  }
}

function effectOf(effect: Json | undefined, refuse: Refuse): 'Allow' | 'Deny' {
  return effect === 'Allow' || effect === 'Deny' ? effect : refuse('Effect is neither Allow nor Deny.');
}

function principalOf(statement: JsonObject, kind: PolicyKind, refuse: Refuse): PrincipalMatcher | undefined {
  const { Principal } = statement;
  if (kind === 'identity') {
    return Principal === undefined ? undefined : refuse('an identity-based policy has no Principal.');
  }
  return Principal === undefined ? refuse('Principal is missing.') : principalMatcher(Principal, refuse);
}

/** Every pair of an action and a resource; a negated element counts as one action or resource. */
function clausesOf(statement: JsonObject, kind: PolicyKind, refuse: Refuse): CompiledClause[] {
  const actions = element(statement, 'Action', refuse, text => {
    if (!ACTION.test(text)) refuse(`${text} is not an action.`);
    return wildcardMatcher(text, { ignoreCase: true });
  });
  const resources =
    kind === 'trust' && statement.Resource === undefined && statement.NotResource === undefined
      ? [{ text: '*', matches: () => true }]
      : element(statement, 'Resource', refuse, text => {
          if (text !== '*' && !text.startsWith('arn:')) refuse(`${text} is not a resource.`);
          return resourceMatcher(withoutVariables(text, refuse));
        });
  return actions.flatMap(action =>
    resources.map(resource => ({
      action: action.text,
      resource: resource.text,
      matchesAction: action.matches,
      matchesResource: resource.matches,
    })),
  );
}

function element(
  statement: JsonObject,
  name: 'Action' | 'Resource',
  refuse: Refuse,
  matcher: (text: string) => Matcher,
): { readonly text: string; readonly matches: Matcher }[] {
  const negated = `Not${name}`;
  const [given, excluded] = [statement[name], statement[negated]];
  if ((given === undefined) === (excluded === undefined)) refuse(`it needs either ${name} or ${negated}.`);
  const value = given ?? excluded ?? null;
  const texts = (Array.isArray(value) ? (value as readonly Json[]) : [value]).map(each =>
    typeof each === 'string' ? each : refuse(`${name} is not a string.`),
  );
  if (texts.length === 0) refuse(`${name} is empty.`);
  const parts = texts.map(text => ({ text, matches: matcher(text) }));
  if (excluded === undefined) return parts;
  return [
    {
      text: `${negated}(${texts.join(', ')})`,
      matches: text => parts.every(({ matches }) => !matches(text)),
    },
  ];
}
