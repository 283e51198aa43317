// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders look like JavaScript's
import {
  CfnCondition,
  CfnMapping,
  CfnOutput,
  CfnParameter,
  CfnResource,
  Fn,
  type Stack,
  Token,
} from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { UnresolvableTemplate } from '../../../sandbox/template/template.ts';
import { readMini } from './synthesised-stack.ts';

/** Puts an intrinsic function into the template as it stands, past what the CDK would simplify. */
function output(stack: Stack, value: unknown): void {
  new CfnOutput(stack, 'Result', { value: Token.asString(value) });
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
    [{ 'Fn::Base64': 'abc' }, 'YWJj'],
    [{ 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'host'] }, 'mypurecloud.de'],
  ])('gives the value of %j', (value, expected) => {
    const { outputs } = readMini(stack => {
      const group = new LogGroup(stack, 'Logs', { logGroupName: '/given' });
      stack.renameLogicalId(stack.getLogicalId(group.node.defaultChild as CfnResource), 'Logs');
      new CfnMapping(stack, 'Map', { mapping: { 'eu-central-1': { host: 'mypurecloud.de' } } });
      output(stack, value);
    });

    expect(outputs).toStrictEqual({ Result: expected });
  });

  it('gives the parameters their defaults', () => {
    const { outputs } = readMini(stack => {
      const size = new CfnParameter(stack, 'Size', { type: 'Number', default: 512 });
      const list = new CfnParameter(stack, 'Names', { type: 'CommaDelimitedList', default: 'a, b' });
      output(stack, { 'Fn::Join': ['|', [size.value, Fn.select(1, list.valueAsList)]] });
    });

    expect(outputs).toStrictEqual({ Result: '512|b' });
  });

  it.each([
    ['Fn::Equals', Fn.conditionEquals(Fn.ref('AWS::Region'), 'eu-central-1'), 'yes'],
    ['Fn::Not', Fn.conditionNot(Fn.conditionEquals('a', 'a')), 'no'],
    ['Fn::And', Fn.conditionAnd(Fn.conditionEquals('a', 'a'), Fn.conditionEquals('a', 'b')), 'no'],
    ['Fn::Or', Fn.conditionOr(Fn.conditionEquals('a', 'b'), Fn.conditionEquals('a', 'a')), 'yes'],
  ])('decides %s', (_name, expression, expected) => {
    const { outputs } = readMini(stack => {
      const condition = new CfnCondition(stack, 'Decided', { expression });
      new CfnCondition(stack, 'Outer', { expression: Fn.conditionAnd(condition, condition) });
      output(stack, { 'Fn::If': ['Outer', 'yes', 'no'] });
    });

    expect(outputs).toStrictEqual({ Result: expected });
  });

  it('leaves out resources, outputs and properties whose condition is false', () => {
    const model = readMini(stack => {
      const never = new CfnCondition(stack, 'Never', { expression: Fn.conditionEquals('a', 'b') });
      const group = new CfnResource(stack, 'Gone', { type: 'AWS::Logs::LogGroup' });
      group.cfnOptions.condition = never;
      new CfnResource(stack, 'Kept', {
        type: 'AWS::Logs::LogGroup',
        properties: {
          LogGroupName: 'kept',
          RetentionInDays: { 'Fn::If': ['Never', 1, { Ref: 'AWS::NoValue' }] },
        },
      });
      new CfnOutput(stack, 'GoneToo', { value: 'x', condition: never });
    });

    expect(model.resources('AWS::Logs::LogGroup')).toStrictEqual([
      { logicalId: 'Kept', type: 'AWS::Logs::LogGroup', name: 'kept', properties: { LogGroupName: 'kept' } },
    ]);
    expect(model.outputs).toStrictEqual({});
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
    ['{{resolve:secretsmanager:name}}', '{{resolve:…}}'],
  ])('throws UnresolvableTemplate with place and intrinsic for %j', (value, intrinsic) => {
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
