import { describe, expect, it } from 'vitest';
import rotationDefinition from '../../statemachine/rotation.asl.json' with { type: 'json' };
import { functionId, logicalId, template } from './deployment.ts';

const plain = template();

describe('RotationStateMachine', () => {
  const properties = Object.values(plain.findResources('AWS::StepFunctions::StateMachine'))[0]?.Properties;

  it('is a Standard workflow that logs every event without its data, and traces', () => {
    const logGroups = plain.findResources('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: '/aws/vendedlogs/states/tokens', RetentionInDays: 90 },
    });

    expect(properties).toMatchObject({
      StateMachineName: 'tokens',
      StateMachineType: 'STANDARD',
      LoggingConfiguration: {
        Destinations: [
          { CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': [Object.keys(logGroups)[0], 'Arn'] } } },
        ],
        IncludeExecutionData: false,
        Level: 'ALL',
      },
      TracingConfiguration: { Enabled: true },
    });
  });

  it('has the definition as it stands in its file', () => {
    expect(JSON.parse(properties?.DefinitionString)).toEqual(rotationDefinition);
  });

  it('substitutes exactly the placeholders of the definition', () => {
    const placeholders = String(properties?.DefinitionString).match(/(?<=\$\{)\w+(?=\})/g);

    expect(new Set(Object.keys(properties?.DefinitionSubstitutions))).toEqual(new Set(placeholders));
  });

  it.each([
    ['FetchArn', 'fetch'],
    ['RefreshArn', 'refresh'],
    ['StorePendingArn', 'store-pending'],
    ['VerifyArn', 'verify'],
    ['PromoteArn', 'promote'],
  ])('puts for %s the alias of %s', (placeholder, name) => {
    const alias = logicalId(plain, 'AWS::Lambda::Alias', {
      FunctionName: { Ref: functionId(plain, name) },
      Name: 'live',
    });

    expect(properties?.DefinitionSubstitutions[placeholder]).toEqual({ Ref: alias });
  });

  it('leaves the encryption of executions to a key that AWS owns', () => {
    expect(properties).not.toHaveProperty('EncryptionConfiguration');
  });
});
