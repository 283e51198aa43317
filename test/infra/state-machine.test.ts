import { describe, expect, it } from 'vitest';
import rotationDefinition from '../../statemachine/rotation.asl.json' with { type: 'json' };
import { functionId, logicalId, template } from './deployment.ts';

const plain = template();
const publishing = template({ publishAccessTokens: true });

function machineOf(stack: typeof plain) {
  return Object.values(stack.findResources('AWS::StepFunctions::StateMachine'))[0]?.Properties;
}

describe('RotationStateMachine', () => {
  const properties = machineOf(plain);

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

  it('has the unchanged definition file when access tokens are published', () => {
    expect(JSON.parse(machineOf(publishing).DefinitionString)).toEqual(rotationDefinition);
  });

  it('otherwise has the definition without the publishing states', () => {
    const { Publish, PublishNewerLogin, ...States } = rotationDefinition.States;
    const [refresh, rotated, ...others] = States.Route.Choices;

    expect(JSON.parse(properties?.DefinitionString)).toEqual({
      ...rotationDefinition,
      States: {
        ...States,
        Route: { ...States.Route, Choices: [refresh, { ...rotated, Next: 'Rotated' }, ...others] },
        Promote: { ...States.Promote, Next: 'Rotated' },
        StandDown: { ...States.StandDown, Next: 'Superseded' },
      },
    });
    expect([Publish.Next, PublishNewerLogin.Next]).toEqual(['Rotated', 'Superseded']);
  });

  it.each([
    ['without', plain],
    ['with', publishing],
  ])('substitutes exactly the placeholders of the definition, %s published access tokens', (_, stack) => {
    const { DefinitionString, DefinitionSubstitutions } = machineOf(stack);
    const placeholders = String(DefinitionString).match(/(?<=\$\{)\w+(?=\})/g);

    expect(new Set(Object.keys(DefinitionSubstitutions))).toEqual(new Set(placeholders));
  });

  it.each([
    ['FetchArn', 'fetch'],
    ['RefreshArn', 'refresh'],
    ['StorePendingArn', 'store-pending'],
    ['VerifyArn', 'verify'],
    ['PromoteArn', 'promote'],
    ['PublishArn', 'publish'],
  ])('replaces %s with the alias of %s', (placeholder, name) => {
    const alias = logicalId(publishing, 'AWS::Lambda::Alias', {
      FunctionName: { Ref: functionId(publishing, name) },
      Name: 'live',
    });

    expect(machineOf(publishing).DefinitionSubstitutions[placeholder]).toEqual({ Ref: alias });
  });

  it('encrypts executions with an AWS owned key', () => {
    expect(properties).not.toHaveProperty('EncryptionConfiguration');
  });
});
