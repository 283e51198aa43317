import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { inject } from 'vitest';
import { appStack } from '../../infra/app-stack.ts';
import type { AppSettings } from '../../infra/context.ts';
import { FUNCTION_NAMES } from '../../infra/function-list.ts';
import type { RotationStack } from '../../infra/rotation-stack.ts';

/** The settings of the app except the stack's name. */
export type Settings = Omit<AppSettings, 'stackName'>;

/** The temporary directory of this worker, removed after the run. */
const DIRECTORY = mkdtempSync(join(inject('scratchDirectory'), 'infra-'));

/** Placeholders for the bundles of the functions, because a template contains only their hashes. */
export const BUNDLES = join(DIRECTORY, 'bundles');
for (const name of FUNCTION_NAMES) {
  mkdirSync(join(BUNDLES, name), { recursive: true });
  writeFileSync(join(BUNDLES, name, 'index.js'), `exports.handler = async () => '${name}';`);
}

/**
 * Every option with a value other than its default. External resources are in a different partition, region and
 * account, so that they can be distinguished from the template's own.
 */
export function everyOption(partition = 'aws-given', region = 'somewhere-1'): Settings {
  const account = '111122223333';
  const key = (digit: number) =>
    `arn:${partition}:kms:${region}:${account}:key/${digit}c1f0a52-0000-4000-8000-000000000000`;
  return {
    secretArns: [`arn:${partition}:secretsmanager:${region}:${account}:secret:genesys/a-AbCdEf`],
    secretArnPatterns: [`arn:${partition}:secretsmanager:${region}:${account}:secret:more/*`],
    secretNames: ['genesys/b'],
    secretKeyArn: key(1),
    secretKeyArns: [key(2)],
    schedule: 'rate(4 hours)',
    window: '2h',
    memoryMb: 1024,
    reservedConcurrency: 20,
    vpc: { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] },
    logRetention: RetentionDays.ONE_YEAR,
    logKeyArn: key(3),
    encryptExecutionData: true,
    publishAccessTokens: true,
    notificationEmails: ['team@example.com'],
    notificationTopicArn: `arn:${partition}:sns:${region}:${account}:on-call`,
    notificationTopicKeyArn: key(4),
    runbookUrl: 'https://wiki.example/runbook',
    tags: { team: 'contact-center' },
    permissionsBoundaryArn: `arn:${partition}:iam::${account}:policy/boundary`,
    removalPolicy: 'retain',
    genesysGateway: { loginUrl: 'https://gateway.example/login', apiUrl: 'https://gateway.example/api' },
  };
}

/** An app made as `infra/app.ts` makes it. */
export function app(): App {
  return new App({ context: flags, outdir: mkdtempSync(join(DIRECTORY, 'assembly-')) });
}

/** The app's stack, called `tokens`, for all secrets unless some are named. */
export function deployment(settings: Settings = {}): RotationStack {
  const { secretArns, secretArnPatterns, secretNames } = settings;
  const allSecrets = [secretArns, secretArnPatterns, secretNames].every(names => names === undefined);
  return appStack(app(), { stackName: 'tokens', bundles: BUNDLES, allSecrets, ...settings });
}

/** The template of such a stack. */
export function template(settings: Settings = {}): Template {
  return Template.fromStack(deployment(settings));
}

/** One statement of a policy in the template. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** The logical id of a role, by its description, which names its owner. */
export function roleId(stack: Template, owner: string): string {
  return logicalId(stack, 'AWS::IAM::Role', { Description: `Execution role of ${owner}` });
}

/** The logical ids of the policies that a role has, the inline one first. */
export function policyIdsOf(stack: Template, owner: string): string[] {
  const Properties = { Roles: [{ Ref: roleId(stack, owner) }] };
  return ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap(type =>
    Object.keys(stack.findResources(type, { Properties })),
  );
}

/** The statements of a role, in all its policies. */
export function statementsOf(stack: Template, owner: string): Statement[] {
  const { Resources } = stack.toJSON();
  return policyIdsOf(stack, owner).flatMap(id => Resources[id].Properties.PolicyDocument.Statement);
}

/** The properties of the resources of a type, in the order of the template. */
export function propertiesOf(stack: Template, type: string): Record<string, unknown>[] {
  return Object.values(stack.findResources(type)).map(({ Properties }) => Properties);
}

/** The logical id of the one resource of a type with these properties. */
export function logicalId(stack: Template, type: string, Properties: object = {}): string {
  const [found, ...others] = Object.keys(stack.findResources(type, { Properties }));
  if (found === undefined || others.length > 0) throw new Error(`There is not exactly one such ${type}.`);
  return found;
}

/** The logical id of the function of a deployment called `tokens`. */
export function functionId(stack: Template, name: string): string {
  return logicalId(stack, 'AWS::Lambda::Function', { FunctionName: `tokens-${name}` });
}

/** The logical id of the refresh journal's table, which has a generated name and the only sort key. */
export function journalTableId(stack: Template): string {
  return logicalId(stack, 'AWS::DynamoDB::Table', {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
}

/** The logical id of the table of failures of a deployment called `tokens`. */
export function failuresTableId(stack: Template): string {
  return logicalId(stack, 'AWS::DynamoDB::Table', { TableName: 'tokens-failures' });
}

/** An ARN of this deployment's account and region, as CDK writes it. */
export function arn(service: string, resource: string): object {
  const parts = ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':'];
  return { 'Fn::Join': ['', [...parts, { Ref: 'AWS::AccountId' }, `:${resource}`]] };
}
