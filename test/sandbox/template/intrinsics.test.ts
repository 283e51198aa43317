// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders look like JavaScript's
import {
  CfnCondition,
  CfnMapping,
  CfnOutput,
  CfnParameter,
  CfnResource,
  CfnRule,
  Fn,
  type Stack,
  Token,
} from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { UnresolvableTemplate } from '../../../sandbox/template/template.ts';
import { readMini } from './synthesised-stack.ts';

/** Puts an intrinsic function into the template unchanged, because the CDK would simplify it. */
function output(stack: Stack, value: unknown): void {
  new CfnOutput(stack, 'Result', { value: Token.asString(value) });
}

/** Adds two parameters, and an output with the first one. */
function sized(stack: Stack): CfnParameter {
  const size = new CfnParameter(stack, 'Size', { default: '512', allowedValues: ['512', '1024'] });
  new CfnParameter(stack, 'Name', { default: 'x', allowedPattern: '[a-z]+' });
  output(stack, size.value);
  return size;
}

describe('intrinsic functions', () => {
  it.each([
    [{ Ref: 'AWS::AccountId' }, '123456789012'],
    [{ Ref: 'AWS::Region' }, 'eu-central-1'],
    [{ Ref: 'AWS::Partition' }, 'aws'],
    [{ Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    [{ Ref: 'AWS::StackName' }, 'Mini'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 'b']] }, 'a-eu-central-1-b'],
    [{ 'Fn::Join': ['/', { 'Fn::Split': [':', 'a:b'] }] }, 'a/b'],
    [{ 'Fn::Join': [',', ['a', { Ref: 'AWS::NoValue' }]] }, 'a'],
    [{ 'Fn::Select': ['1', { 'Fn::Split': ['.', 'x.y.z'] }] }, 'y'],
    [{ 'Fn::Select': [0, ['first', 'second']] }, 'first'],
    [{ 'Fn::Sub': '${AWS::Region}/${!Literal}' }, 'eu-central-1/${Literal}'],
    [{ 'Fn::Sub': ['${A}-${AWS::Region}', { A: { Ref: 'AWS::AccountId' } }] }, '123456789012-eu-central-1'],
    [{ 'Fn::Sub': '${Logs.Arn}' }, 'arn:aws:logs:eu-central-1:123456789012:log-group:/given:*'],
    [{ 'Fn::GetAtt': 'Logs.Arn' }, 'arn:aws:logs:eu-central-1:123456789012:log-group:/given:*'],
  ])('evaluates %j', (value, expected) => {
    const { outputs } = readMini(stack => {
      const group = new LogGroup(stack, 'Logs', { logGroupName: '/given' });
      stack.renameLogicalId(stack.getLogicalId(group.node.defaultChild as CfnResource), 'Logs');
      output(stack, value);
    });

    expect(outputs).toStrictEqual({ Result: expected });
  });

  it('uses the defaults of parameters', () => {
    const { outputs } = readMini(stack => {
      const size = new CfnParameter(stack, 'Size', { type: 'Number', default: 512 });
      const list = new CfnParameter(stack, 'Names', { type: 'CommaDelimitedList', default: 'a, b' });
      output(stack, { 'Fn::Join': ['|', [size.value, Fn.select(1, list.valueAsList)]] });
    });

    expect(outputs).toStrictEqual({ Result: '512|b' });
  });

  it('uses the given values of parameters', () => {
    const { outputs } = readMini(sized, { parameters: { Size: '1024' } });

    expect(outputs).toStrictEqual({ Result: '1024' });
  });

  it.each([
    ['Size', 'is not one of AllowedValues', { Size: '2048' }],
    ['Name', 'does not match AllowedPattern', { Name: 'x-1' }],
    ['Color', 'there is no such parameter', { Color: 'red' }],
  ])('refuses a value of the parameter %s that %s', (name, reason, parameters) => {
    const read = () => readMini(sized, { parameters });

    expect(read).toThrow(UnresolvableTemplate);
    expect(read).toThrow(new RegExp(`${name}.*${reason}`));
  });

  it('rejects parameter values that a rule excludes', () => {
    const read = (size: string) =>
      readMini(
        stack => {
          const { valueAsString } = sized(stack);
          new CfnRule(stack, 'Small', {
            assertions: [
              { assert: Fn.conditionEquals(valueAsString, '512'), assertDescription: 'Too large.' },
            ],
          });
        },
        { parameters: { Size: size } },
      );

    expect(read('512').outputs).toStrictEqual({ Result: '512' });
    expect(() => read('1024')).toThrow(
      expect.objectContaining({ logicalId: 'Rules.Small', message: expect.stringContaining('Too large.') }),
    );
  });

  describe('with a condition', () => {
    /** Adds a log group and an output that are only deployed for the size 1,024. */
    const conditional = (stack: Stack): CfnCondition => {
      const { valueAsString } = sized(stack);
      const isLarge = new CfnCondition(stack, 'IsLarge', {
        expression: Fn.conditionAnd(
          Fn.conditionNot(Fn.conditionEquals(valueAsString, '512')),
          Fn.conditionOr(Fn.conditionEquals(valueAsString, '1024'), Fn.conditionEquals(valueAsString, '')),
        ),
      });
      const group = new CfnResource(stack, 'Group', { type: 'AWS::Logs::LogGroup' });
      group.cfnOptions.condition = isLarge;
      new CfnOutput(stack, 'Large', { value: 'yes', condition: isLarge });
      return isLarge;
    };

    it.each([
      ['512', 0, { Result: '512', Chosen: 'small' }],
      ['1024', 1, { Result: '1024', Chosen: 'large', Large: 'yes' }],
    ])('deploys the resources for the size %s', (size, groups, expected) => {
      const { outputs, resources } = readMini(
        stack => {
          const { logicalId } = conditional(stack);
          new CfnOutput(stack, 'Chosen', {
            value: Token.asString(Fn.conditionIf(logicalId, 'large', 'small')),
          });
        },
        { parameters: { Size: size } },
      );

      expect(resources('AWS::Logs::LogGroup')).toHaveLength(groups);
      expect(outputs).toStrictEqual(expected);
    });

    it('rejects a reference to a resource that is not deployed', () => {
      const read = () =>
        readMini(stack => {
          conditional(stack);
          new CfnOutput(stack, 'Named', { value: Fn.ref('Group') });
        });

      expect(read).toThrow(expect.objectContaining({ logicalId: 'Outputs.Named', intrinsic: 'Ref Group' }));
    });
  });

  it('evaluates mappings', () => {
    const { outputs } = readMini(
      stack => {
        const mapping = { small: { memory: '512' }, large: { memory: '1024' } };
        new CfnMapping(stack, 'Sizes', { mapping });
        output(stack, { 'Fn::FindInMap': ['Sizes', { Ref: 'Name' }, 'memory'] });
        new CfnParameter(stack, 'Name', { default: 'small' });
      },
      { parameters: { Name: 'large' } },
    );

    expect(outputs).toStrictEqual({ Result: '1024' });
  });

  it.each([
    [{ 'Fn::ImportValue': 'Other' }, 'Fn::ImportValue'],
    [{ 'Fn::GetAZs': '' }, 'Fn::GetAZs'],
    [{ Ref: 'AWS::NotificationARNs' }, 'Ref AWS::NotificationARNs'],
    [{ Ref: 'Nowhere' }, 'Ref Nowhere'],
    [{ Ref: 'Queue' }, 'Ref Queue'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Fn::GetAtt Queue.Arn'],
    [{ Ref: 'Given' }, 'Ref Given'],
    [{ 'Fn::Select': [2, ['a', 'b']] }, 'Fn::Select'],
    [{ 'Fn::FindInMap': ['None', 'a', 'b'] }, 'Fn::FindInMap'],
    [{ 'Fn::If': ['Never', 'a', 'b'] }, 'Condition Never'],
    ['{{resolve:secretsmanager:name}}', '{{resolve:…}}'],
  ])('throws UnresolvableTemplate with logical id and intrinsic for %j', (value, intrinsic) => {
    const read = () =>
      readMini(stack => {
        new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue' });
        new CfnParameter(stack, 'Given', { type: 'String' });
        output(stack, value);
      });

    expect(read).toThrow(UnresolvableTemplate);
    expect(read).toThrow(expect.objectContaining({ logicalId: 'Outputs.Result', intrinsic }));
  });

  it('throws UnresolvableTemplate when a name depends on itself', () => {
    const read = () =>
      readMini(stack => {
        new CfnResource(stack, 'Loop', {
          type: 'AWS::Logs::LogGroup',
          properties: { LogGroupName: { 'Fn::Sub': '${Loop}-x' } },
        });
      }).resources('AWS::Logs::LogGroup');

    expect(read).toThrow(expect.objectContaining({ name: 'UnresolvableTemplate', logicalId: 'Loop' }));
  });
});
