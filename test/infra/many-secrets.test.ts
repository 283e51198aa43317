import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readStack, type StackModel } from '../../sandbox/template/stack-model.ts';
import { deployment, everyOption, type Settings } from './deployment.ts';

/** AWS IAM User Guide, "IAM and AWS STS quotas". */
const MAX_INLINE = 10_240;
const MAX_MANAGED = 6_144;
const MAX_MANAGED_POLICIES = 10;
/** AWS CloudFormation User Guide, "Understand CloudFormation quotas". */
const MAX_RESOURCES = 500;
const MAX_TEMPLATE_BYTES = 1_048_576;
/** AWS KMS Developer Guide, "Resource quotas". */
const MAX_KEY_POLICY_BYTES = 32_768;

/** The partition and region with the longest ARNs. */
const ACCOUNT = { accountId: '444455556666', partition: 'aws-us-gov', region: 'ap-southeast-1' };

/** Realistic names of 48 characters. */
function names(count: number, longName = 'prod/contact-center/genesys-cloud/voicemail'): string[] {
  return Array.from({ length: count }, (_, index) => `${longName}-${String(index).padStart(4, '0')}`);
}

function arns(count: number, longName?: string): string[] {
  const { partition, region, accountId } = ACCOUNT;
  const prefix = `arn:${partition}:secretsmanager:${region}:${accountId}:secret:`;
  return names(count, longName).map(name => `${prefix}${name}-AbCdEf`);
}

/** The deployment's template, and the stack as it would be deployed. */
function deployed(rotation: Settings): { model: StackModel; template: string } {
  const assembly = App.of(deployment(rotation))?.synth().directory ?? '';
  return {
    model: readStack({ assemblyDirectory: assembly, ...ACCOUNT }),
    template: readFileSync(path.join(assembly, 'tokens.template.json'), 'utf8'),
  };
}

interface PolicyProperties {
  readonly PolicyDocument: object;
  readonly Roles: readonly string[];
}

/** The number of characters in each role's policies, without white space, as IAM counts them. */
function policySizes({ roles, resources }: StackModel) {
  const sizesOf = (type: string, role: string): number[] =>
    resources(type)
      .map(({ properties }) => properties as unknown as PolicyProperties)
      .filter(({ Roles }) => Roles.includes(role))
      .map(({ PolicyDocument }) => JSON.stringify(PolicyDocument).replaceAll(/\s/g, '').length);
  return roles.map(({ name }) => ({
    role: name,
    inline: sizesOf('AWS::IAM::Policy', name).reduce((sum, size) => sum + size, 0),
    managed: sizesOf('AWS::IAM::ManagedPolicy', name),
  }));
}

/** The secrets in a role's statements with this action. */
function secretsOf({ roles }: StackModel, roleName: RegExp, action: string): string[] {
  const role = roles.find(({ name }) => roleName.test(name));
  const statements = (role?.policies ?? []).flatMap(
    ({ document }) =>
      document.Statement as unknown as { Action: string | string[]; Resource: string | string[] }[],
  );
  return statements
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Resource }) => Resource);
}

const SELECTIONS = [10, 34, 51, 200].flatMap(
  count =>
    [
      [`${count} secretArns`, { secretArns: arns(count) }],
      [`${count} secretNames`, { secretNames: names(count) }],
      [
        `${count} secretArns with the key of each and every other option`,
        {
          ...everyOption(ACCOUNT.partition, ACCOUNT.region),
          secretNames: ['genesys/b'],
          secretArns: arns(count),
          secretKeyArns: Array.from(
            { length: Math.min(count, 100) },
            (_, index) =>
              `arn:aws-us-gov:kms:ap-southeast-1:444455556666:key/00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
          ),
        },
      ],
    ] satisfies [string, Settings][],
);

const twoHundred = deployed({ secretArns: arns(200) }).model;

describe('a deployment of many secrets', () => {
  it.each([...SELECTIONS, ['370 secretArns', { secretArns: arns(370) }]] satisfies [string, Settings][])(
    'stays within the quotas of IAM, KMS and CloudFormation: %s',
    (_what, rotation) => {
      const { model, template } = deployed(rotation);

      const sizes = policySizes(model);
      expect(sizes.filter(({ inline }) => inline > MAX_INLINE)).toEqual([]);
      expect(sizes.filter(({ managed }) => managed.length > MAX_MANAGED_POLICIES)).toEqual([]);
      expect(sizes.filter(({ managed }) => managed.some(size => size > MAX_MANAGED))).toEqual([]);
      expect(Object.keys(JSON.parse(template).Resources).length).toBeLessThanOrEqual(MAX_RESOURCES);
      expect(Buffer.byteLength(template)).toBeLessThan(MAX_TEMPLATE_BYTES);
      const keyPolicies = model.keys.map(({ policy }) => Buffer.byteLength(JSON.stringify(policy)));
      expect(Math.max(...keyPolicies)).toBeLessThan(MAX_KEY_POLICY_BYTES);
    },
  );

  it.each([
    [/Rotation/, 'secretsmanager:DescribeSecret'],
    [/Fetch/, 'secretsmanager:GetSecretValue'],
    [/Refresh/, 'secretsmanager:GetSecretValue'],
    [/StorePending/, 'secretsmanager:PutSecretValue'],
    [/Verify/, 'secretsmanager:GetSecretValue'],
    [/Promote/, 'secretsmanager:UpdateSecretVersionStage'],
  ])('names every secret exactly once in the policies of %s', (role, action) => {
    const secrets = secretsOf(twoHundred, role, action);

    expect(secrets).toHaveLength(200);
    expect(new Set(secrets)).toEqual(new Set(arns(200)));
  });

  it('needs no managed policy for a few secrets', () => {
    const { model } = deployed({ secretArns: arns(34) });

    expect(policySizes(model).flatMap(({ managed }) => managed)).toEqual([]);
  });

  it.each([
    ['secretArns', { secretArns: arns(400) }],
    ['secretNames', { secretNames: names(250) }],
  ] satisfies [string, Settings][])(
    'is refused by CDK when CloudFormation allows too few resources for %s',
    (_setting, rotation) => {
      const app = App.of(deployment(rotation));

      expect(() => app?.synth()).toThrow(/500/);
    },
  );

  it('stays within the quotas when names are long', () => {
    const { model } = deployed({ secretNames: names(100, 'a'.repeat(300)) });

    const sizes = policySizes(model);
    expect(sizes.filter(({ inline }) => inline > MAX_INLINE)).toEqual([]);
    expect(sizes.filter(({ managed }) => managed.some(size => size > MAX_MANAGED))).toEqual([]);
  });

  it('warns when IAM allows a role too few policies', () => {
    const stack = deployment({ secretArns: arns(200, 'a'.repeat(300)) });

    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('exceeds 10 managed policies'));
  });

  it('has room for any number of secrets with a pattern', () => {
    const { model } = deployed({
      secretArnPatterns: ['arn:aws-us-gov:secretsmanager:ap-southeast-1:444455556666:secret:prod/*'],
    });

    expect(policySizes(model).flatMap(({ managed }) => managed)).toEqual([]);
  });
});
