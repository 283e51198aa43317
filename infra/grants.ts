import { Token, Validations } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { arnOf } from './arn.ts';

/** Reasons for the patterns in a policy, by the `…` in cdk-nag's finding `AwsSolutions-IAM5[…]`. */
export type WildcardReasons = Readonly<Record<string, string>>;

/**
 * Adds a statement to the policy of a grantee's role. CDK moves statements beyond IAM's quota to managed policies, but
 * does not split a statement, so each must be shorter than a managed policy.
 *
 * @param wildcards gives cdk-nag the reason for each pattern in the statement
 */
export function grant(
  grantee: IGrantable,
  statement: PolicyStatementProps,
  wildcards: WildcardReasons = {},
): void {
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement(statement));
  explainWildcards(grantee, wildcards);
}

/** Gives cdk-nag the reasons for patterns in the policies of a grantee's role. */
export function explainWildcards({ grantPrincipal }: IGrantable, wildcards: WildcardReasons): void {
  if (!Construct.isConstruct(grantPrincipal)) return;
  for (const [finding, reason] of Object.entries(wildcards)) {
    // cdk-nag only checks the CDK app, where all names are known.
    if (Token.isUnresolved(finding)) continue;
    Validations.of(grantPrincipal).acknowledge({ id: `AwsSolutions-IAM5[${finding}]`, reason });
  }
}

/**
 * Allows calls on the executions of the deployment's state machine. The statement uses its name, because the state
 * machine depends on functions that get this grant.
 */
export function grantExecutions(
  grantee: IGrantable & Construct,
  {
    sid,
    namePrefix,
    actions,
  }: { readonly sid: string; readonly namePrefix: string; readonly actions: string[] },
): void {
  grant(
    grantee,
    { sid, actions, resources: [arnOf(grantee, 'states', 'execution', `${namePrefix}:*`)] },
    {
      [`Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${namePrefix}:*`]:
        'The executions of one state machine. Their names are not known at deployment.',
    },
  );
}
