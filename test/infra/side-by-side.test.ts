import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { RotationStack } from '../../infra/rotation-stack.ts';
import { NAME_PREFIX } from '../../infra/validation.ts';
import { app, BUNDLES, journalTableId } from './deployment.ts';

/** The property that names each type of resource in its account and region. Function aliases are named per function. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::Rule': 'Name',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};

/** Type and name of every resource with an explicit name; the journal's table has a generated one. */
function namesOf(stackName: string): string[] {
  const rotation = { bundles: BUNDLES, allSecrets: true, encryptExecutionData: true };
  const stack = Template.fromStack(new RotationStack(app(), stackName, { rotation }));
  const journal = stack.findResources('AWS::DynamoDB::Table')[journalTableId(stack)];
  return Object.entries(NAME_PROPERTIES).flatMap(([type, property]) =>
    Object.values(stack.findResources(type))
      .filter(resource => resource !== journal)
      .map(({ Properties }) => `${type} ${Properties[property]}`),
  );
}

describe('two deployments in one account and region', () => {
  it.each([
    ['tokens', 'other'],
    // The second deployment has the name of a resource of the first.
    ['tokens', 'tokens-failures'],
    ['tokens', 'tokens-overdue-check'],
    ['tokens', 'tokens-executions'],
  ])('have no name in common when they are named %s and %s', (one, another) => {
    const names = namesOf(one);

    const others = new Set(namesOf(another));
    expect(names.filter(name => others.has(name))).toEqual([]);
  });

  it('name every resource that has a name with their prefix', () => {
    const names = namesOf('tokens');

    expect(names.filter(name => !/[ /]tokens\b/.test(name))).toEqual([]);
    expect(new Set(names.map(name => name.split(' ')[0]))).toEqual(new Set(Object.keys(NAME_PROPERTIES)));
  });

  it('stay within the limits for names of functions and rules at the longest prefix', () => {
    const names = namesOf('a'.repeat(NAME_PREFIX.longest));

    const limited = names.filter(name => /^AWS::(Lambda::Function|Events::Rule) /.test(name));
    expect(limited.filter(name => (name.split(' ')[1]?.length ?? 0) > 64)).toEqual([]);
    expect(limited).toHaveLength(10);
  });
});
