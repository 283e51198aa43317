import { describe, expect, it } from 'vitest';
import { template } from './deployment.ts';

const plain = template();

describe('RotationStack', () => {
  it('has outputs for the ARNs of rotation function, state machine, key and topic', () => {
    const outputs = plain.toJSON().Outputs;

    const only = (type: string, Properties: object = {}) =>
      Object.keys(plain.findResources(type, { Properties }))[0];
    expect(outputs).toMatchObject({
      RotationFunctionArn: {
        Value: { 'Fn::GetAtt': [only('AWS::Lambda::Function', { FunctionName: 'tokens-rotation' }), 'Arn'] },
      },
      StateMachineArn: { Value: { Ref: only('AWS::StepFunctions::StateMachine') } },
      SealKeyArn: {
        Value: { 'Fn::GetAtt': [only('AWS::KMS::Key', { PendingWindowInDays: 30 }), 'Arn'] },
      },
      TopicArn: { Value: { Ref: only('AWS::SNS::Topic') } },
    });
    expect(Object.keys(outputs)).toHaveLength(4);
  });

  it('has an output for the secrets that rotate on the schedule, if there are any', () => {
    const secretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys/a-AbCdEf';

    const { Outputs } = template({ secretArns: [secretArn], secretNames: ['genesys/b'] }).toJSON();

    expect(Outputs.SecretArns.Value).toEqual({
      'Fn::Join': [',', [secretArn, { Ref: expect.stringContaining('genesysb') }]],
    });
  });
});
