import { Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, Policy, type PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { InvalidSetting } from './validation.ts';

/** Why a policy names a pattern, by the finding of cdk-nag that asks (`AwsSolutions-IAM5[…]` without its frame). */
export type WildcardReasons = Readonly<Record<string, string>>;

/** What a role may do. */
export interface RoleGrants {
  readonly statements: readonly PolicyStatement[];
  /** A reason for each pattern in the statements. */
  readonly wildcards: WildcardReasons;
}

/**
 * IAM's quotas: characters of all inline policies of a role, characters of a managed policy, and managed policies of a
 * role. White space does not count. Only the last one can be raised.
 *
 * @see AWS IAM User Guide, "IAM and AWS STS quotas"
 */
const MAX_INLINE_CHARACTERS = 10_240;
const MAX_MANAGED_CHARACTERS = 6_144;
const MAX_MANAGED_POLICIES = 10;

/**
 * Gives a role its grants: in one inline policy, and where a list of secrets is too long for that, also in managed
 * policies. None of them is part of the role, so that the role can be named before there is what its policies name:
 * the seal key's policy names roles whose policies name the key.
 *
 * @returns the policies: whoever uses the role depends on them
 * @throws InvalidSetting the grants are too long for a role
 */
export function attachGrants(
  scope: Construct,
  role: Role,
  { statements, wildcards }: RoleGrants,
): Construct[] {
  const [inline = [], ...managed] = distribute(statements, characterCounter(Stack.of(scope)));
  const policies = [
    new Policy(scope, 'Grants', { roles: [role], statements: [...inline] }),
    ...managed.map(
      (part, index) =>
        new ManagedPolicy(scope, `Grants${index + 2}`, {
          roles: [role],
          statements: [...part],
          description: 'More of what the role may do: the list of secrets is longer than an inline policy',
        }),
    ),
  ];
  for (const policy of policies) explainWildcards(policy, wildcards);
  return policies;
}

/** Gives cdk-nag the reasons for the patterns in a policy, each for its finding only. */
function explainWildcards(policy: Construct, reasons: WildcardReasons): void {
  for (const [finding, reason] of Object.entries(reasons)) {
    Validations.of(policy).acknowledge({ id: `AwsSolutions-IAM5[${finding}]`, reason });
  }
}

type CharacterCounter = (statement: PolicyStatement) => number;

/** `{"Version":"2012-10-17","Statement":[]}` */
const EMPTY_POLICY_CHARACTERS = 40;

/** Fills policies one after the other: the first one is inline, the others are managed. */
function distribute(
  statements: readonly PolicyStatement[],
  count: CharacterCounter,
): readonly (readonly PolicyStatement[])[] {
  const total = statements.reduce((sum, statement) => sum + count(statement), EMPTY_POLICY_CHARACTERS);
  if (total <= MAX_INLINE_CHARACTERS) return [statements];

  // The longest list comes last, so that all that is short is inline.
  const policies: PolicyStatement[][] = [[]];
  let room = MAX_INLINE_CHARACTERS - EMPTY_POLICY_CHARACTERS;
  for (const statement of [...statements].sort((one, other) => count(one) - count(other))) {
    let rest: PolicyStatement | undefined = statement;
    while (rest !== undefined) {
      const [part, remainder] = splitAt(rest, room, count);
      if (part !== undefined) {
        policies.at(-1)?.push(part);
        room -= count(part);
      }
      rest = remainder;
      if (rest === undefined) break;
      if (policies.length > MAX_MANAGED_POLICIES) {
        throw new InvalidSetting(
          'secretArns',
          `are too many, or their names too long: their list does not fit into the ${MAX_MANAGED_POLICIES} managed policies that a role may have. Name the secrets by a pattern (secretArnPatterns), or spread them over several deployments (stackName).`,
        );
      }
      policies.push([]);
      room = MAX_MANAGED_CHARACTERS - EMPTY_POLICY_CHARACTERS;
    }
  }
  return policies;
}

/** Splits a statement by its resources: what there is room for, and the rest. */
function splitAt(
  statement: PolicyStatement,
  room: number,
  count: CharacterCounter,
): readonly [part: PolicyStatement | undefined, rest: PolicyStatement | undefined] {
  if (count(statement) <= room) return [statement, undefined];
  const { resources } = statement;
  let [fitting, tooMany] = [0, resources.length];
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2);
    if (count(statement.copy({ resources: resources.slice(0, middle) })) <= room) fitting = middle;
    else tooMany = middle;
  }
  if (fitting === 0) return [undefined, statement];
  return [
    statement.copy({ resources: resources.slice(0, fitting) }),
    statement.copy({ resources: resources.slice(fitting) }),
  ];
}

/** The longest values that a deployment can have in place of these. */
const LONGEST_VALUES: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'ap-southeast-1',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com.cn',
};

/** Taken for every other value that only the deployment knows: longer than the ARNs of functions, tables and keys. */
const UNKNOWN_VALUE = 'x'.repeat(200);

/** Counts the characters of a statement as it will be deployed, and the comma before it. */
function characterCounter(stack: Stack): CharacterCounter {
  const arns = new Map(
    stack.node
      .findAll()
      .filter(construct => construct instanceof CfnSecret)
      .map(secret => [
        stack.resolve(secret.logicalId) as string,
        `arn:aws-us-gov:secretsmanager:ap-southeast-1:123456789012:secret:${secret.name}-123456`,
      ]),
  );
  const deployed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(deployed);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, operand] = ['', undefined], ...others] = entries;
    if (others.length > 0 || !(name === 'Ref' || name.startsWith('Fn::'))) {
      return Object.fromEntries(entries.map(([key, member]) => [key, deployed(member)]));
    }
    if (name === 'Ref') {
      const referred = String(operand);
      return LONGEST_VALUES[referred] ?? arns.get(referred) ?? UNKNOWN_VALUE;
    }
    if (name !== 'Fn::Join') return UNKNOWN_VALUE;
    const [separator, parts] = operand as readonly [string, readonly unknown[]];
    return parts.map(deployed).join(separator);
  };
  return statement => {
    const json: unknown = stack.resolve(statement.toStatementJson());
    return JSON.stringify(deployed(json)).length + 1;
  };
}
