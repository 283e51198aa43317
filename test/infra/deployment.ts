import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { afterAll } from 'vitest';
import { codeDirectory } from '../../infra/bundles-folder.ts';
import { FUNCTION_NAMES } from '../../infra/function-list.ts';
import { RotationStack } from '../../infra/rotation-stack.ts';
import type { TokenRotationProps } from '../../infra/token-rotation-props.ts';

const DIRECTORY = mkdtempSync(join(tmpdir(), 'infra-test-'));

/** Stand-ins for the bundles of the functions: a template has only their hashes. */
export const BUNDLES = join(DIRECTORY, 'bundles');
for (const name of FUNCTION_NAMES) {
  mkdirSync(codeDirectory(BUNDLES, name), { recursive: true });
  writeFileSync(join(codeDirectory(BUNDLES, name), 'index.js'), `exports.handler = async () => '${name}';`);
}

afterAll(() => rmSync(DIRECTORY, { recursive: true }));

/** An app made as `infra/app.ts` makes it. */
export function app(): App {
  return new App({ context: flags, outdir: mkdtempSync(join(DIRECTORY, 'assembly-')) });
}

/** A stack called `tokens`. */
export function deployment(rotation: TokenRotationProps = {}): RotationStack {
  return new RotationStack(app(), 'tokens', { rotation: { bundles: BUNDLES, ...rotation } });
}

/** The template of such a stack. */
export function template(rotation: TokenRotationProps = {}): Template {
  return Template.fromStack(deployment(rotation));
}

/** One statement of a policy, as it stands in the template. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Finds the statements of a role by the role's description, which names what the role is for. */
export function statementsOf(stack: Template, owner: string): Statement[] {
  const role = Object.values(stack.findResources('AWS::IAM::Role')).find(
    ({ Properties }) => Properties.Description === `What ${owner} may do`,
  );
  if (role === undefined) throw new Error(`There is no role of ${owner}.`);
  return role.Properties.Policies.flatMap(
    (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
  );
}

/** An ARN of this deployment's account and region, as CDK writes it. */
export function arn(service: string, resource: string): object {
  const parts = ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':'];
  return { 'Fn::Join': ['', [...parts, { Ref: 'AWS::AccountId' }, `:${resource}`]] };
}
