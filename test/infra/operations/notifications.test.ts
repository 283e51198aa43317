import { describe, expect, it } from 'vitest';
import { failuresTableId, functionId, logicalId, template } from '../deployment.ts';

const plain = template();

/** The target of a rule. */
function target(name: string, seconds: number) {
  return {
    Arn: { 'Fn::GetAtt': [functionId(plain, name), 'Arn'] },
    RetryPolicy: { MaximumEventAgeInSeconds: seconds, MaximumRetryAttempts: 2 },
  };
}

describe('the rules', () => {
  it('invoke notify when executions of this state machine end', () => {
    plain.hasResourceProperties('AWS::Events::Rule', {
      Name: 'tokens-executions',
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [{ Ref: logicalId(plain, 'AWS::StepFunctions::StateMachine') }],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED', 'SUCCEEDED'],
        },
      },
      Targets: [target('notify', 21_600)],
    });
  });

  it('run the overdue check every hour', () => {
    plain.hasResourceProperties('AWS::Events::Rule', {
      Name: 'tokens-overdue-check',
      ScheduleExpression: 'rate(1 hour)',
      Targets: [target('overdue-check', 3600)],
    });
  });

  it('are exactly two', () => {
    plain.resourceCountIs('AWS::Events::Rule', 2);
  });
});

describe('an invocation that fails', () => {
  it.each([
    ['notify', 21_600],
    ['overdue-check', 3600],
  ])('of %s is retried twice, within %i seconds', (name, seconds) => {
    plain.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: functionId(plain, name) },
      MaximumEventAgeInSeconds: seconds,
      MaximumRetryAttempts: 2,
      Qualifier: '$LATEST',
    });
  });
});

describe('the table of failures', () => {
  it('has an item for each subject, which expires', () => {
    const table = plain.toJSON().Resources[failuresTableId(plain)];

    expect(table.Properties).toEqual({
      TableName: 'tokens-failures',
      AttributeDefinitions: [{ AttributeName: 'subject', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'subject', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });
});
