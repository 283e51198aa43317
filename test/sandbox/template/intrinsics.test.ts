// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders look like JavaScript's
import { CfnCondition, CfnOutput, CfnParameter, CfnResource, Fn, type Stack, Token } from 'aws-cdk-lib';
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
  ])('gives the value of %j', (value, expected) => {
    const { outputs } = readMini(stack => {
      const group = new LogGroup(stack, 'Logs', { logGroupName: '/given' });
      stack.renameLogicalId(stack.getLogicalId(group.node.defaultChild as CfnResource), 'Logs');
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

  it('refuses resources and outputs with a condition by their name', () => {
    const withCondition = (add: (stack: Stack, condition: CfnCondition) => void) => () =>
      readMini(stack => {
        add(stack, new CfnCondition(stack, 'Never', { expression: Fn.conditionEquals('a', 'b') }));
      }).resources('AWS::Logs::LogGroup');

    const resource = withCondition((stack, condition) => {
      const group = new CfnResource(stack, 'Group', { type: 'AWS::Logs::LogGroup' });
      group.cfnOptions.condition = condition;
    });
    const output = withCondition((stack, condition) => {
      new CfnOutput(stack, 'Result', { value: 'x', condition });
    });

    const refusal = { name: 'UnresolvableTemplate', intrinsic: 'Condition' };
    expect(resource).toThrow(expect.objectContaining({ ...refusal, logicalId: 'Group' }));
    expect(output).toThrow(expect.objectContaining({ ...refusal, logicalId: 'Outputs.Result' }));
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
    [{ 'Fn::If': ['Never', 'a', 'b'] }, 'Fn::If'],
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
