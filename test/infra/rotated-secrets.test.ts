import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { TokenRotation } from '../../infra/token-rotation.ts';
import { app, BUNDLES, logicalId, template } from './deployment.ts';

const A = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys/a-AbCdEf';
const B = 'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:genesys/b-123456';

function schedules(stack: Template) {
  return stack.findResources('AWS::SecretsManager::RotationSchedule');
}

describe('RotatedSecrets', () => {
  it('enables rotation of an existing secret, and does not change the secret', () => {
    const stack = template({ secretArns: [A, B] });

    const rotation = Object.keys(
      stack.findResources('AWS::Lambda::Function', { Properties: { FunctionName: 'tokens-rotation' } }),
    )[0];
    stack.resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(Object.values(schedules(stack)).map(({ Properties }) => Properties)).toEqual(
      [A, B].map(secretArn => ({
        SecretId: secretArn,
        RotationLambdaARN: { 'Fn::GetAtt': [rotation, 'Arn'] },
        RotateImmediatelyOnUpdate: false,
        RotationRules: { ScheduleExpression: 'rate(8 hours)', Duration: '1h' },
      })),
    );
  });

  it('enables rotation only after the function and its permission exist', () => {
    const stack = template({ secretArns: [A] });

    const [schedule] = Object.values(schedules(stack));
    expect(schedule?.DependsOn).toEqual([
      ...Object.keys(
        stack.findResources('AWS::Lambda::Function', { Properties: { FunctionName: 'tokens-rotation' } }),
      ),
      logicalId(stack, 'AWS::Lambda::Permission', { Principal: 'secretsmanager.amazonaws.com' }),
    ]);
  });

  it('gives all secrets the given schedule and window', () => {
    const stack = template({
      secretArns: [A],
      secretNames: ['genesys/c'],
      schedule: 'cron(0 2/10 * * ? *)',
      window: '2h',
    });

    stack.resourceCountIs('AWS::SecretsManager::RotationSchedule', 2);
    stack.allResourcesProperties('AWS::SecretsManager::RotationSchedule', {
      RotationRules: { ScheduleExpression: 'cron(0 2/10 * * ? *)', Duration: '2h' },
    });
  });

  it('creates a named secret with the keys to fill in, retains it and rotates it', () => {
    const stack = template({ secretNames: ['genesys/c'] });

    stack.hasResource('AWS::SecretsManager::Secret', {
      Properties: { Name: 'genesys/c', SecretString: '{"clientId":"","clientSecret":"","refreshToken":""}' },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    stack.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      SecretId: { Ref: Object.keys(stack.findResources('AWS::SecretsManager::Secret'))[0] },
    });
  });

  it('encrypts the created secrets with the given key', () => {
    const key = 'arn:aws:kms:eu-central-1:111122223333:key/8c1f0a52-0000-4000-8000-000000000000';

    const stack = template({ secretNames: ['genesys/c'], secretKeyArn: key });

    stack.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: key });
  });

  it('creates no schedule for a pattern, because the owner of the secret enables its rotation', () => {
    const stack = template({ secretArnPatterns: ['arn:aws:secretsmanager:*:*:secret:genesys/*'] });

    stack.resourceCountIs('AWS::SecretsManager::RotationSchedule', 0);
  });

  it('keeps the logical id of a schedule regardless of its position in the list', () => {
    const alone = schedules(template({ secretArns: [B] }));
    const second = schedules(template({ secretArns: [A, B] }));

    const [logicalId = ''] = Object.keys(alone);
    expect(second[logicalId]?.Properties.SecretId).toBe(B);
  });

  it('accepts an ARN that is known only at deployment', () => {
    const stack = new Stack(app(), 'Credentials');
    const first = new CfnParameter(stack, 'First').valueAsString;
    const second = new CfnParameter(stack, 'Second').valueAsString;

    const secrets = [first, second].map((arn, index) =>
      Secret.fromSecretCompleteArn(stack, `Secret${index}`, arn),
    );
    new TokenRotation(stack, 'Genesys', { bundles: BUNDLES, secrets });

    const found = Object.values(schedules(Template.fromStack(stack)));
    expect(found.map(({ Properties }) => Properties.SecretId)).toEqual([{ Ref: 'First' }, { Ref: 'Second' }]);
  });
});
