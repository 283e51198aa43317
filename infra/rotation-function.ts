import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { arnOf } from './arn.ts';
import { DeployedFunction, type FunctionSettings } from './deployed-function.ts';
import type { ExecutionKey } from './execution-key.ts';
import type { RotatedSecrets } from './rotated-secrets.ts';
import type { SealKey } from './seal-key.ts';

/** What the rotation function works with. */
export interface RotationFunctionProps {
  readonly settings: FunctionSettings;
  readonly secrets: RotatedSecrets;
  readonly seal: SealKey;
  readonly stateMachine: StateMachine;
  readonly executionKey?: ExecutionKey | undefined;
}

/**
 * The function that Secrets Manager calls, and the permission for that. It has no alias: Secrets Manager records its
 * plain ARN with each secret, and the condition of our policies compares that.
 */
export function rotationFunction(scope: Construct, props: RotationFunctionProps): LambdaFunction {
  const { settings, secrets, seal, stateMachine, executionKey } = props;
  const { namePrefix } = settings;
  const { lambda } = new DeployedFunction(scope, {
    name: 'rotation',
    settings,
    grants: [
      ...secrets.allow('DescribeSecret'),
      seal.allow('GenerateDataKey', 'rotation-token'),
      new PolicyStatement({
        sid: 'StartRotation',
        actions: ['states:StartExecution'],
        resources: [stateMachine.stateMachineArn],
      }),
      new PolicyStatement({
        sid: 'FollowRotation',
        actions: ['states:DescribeExecution', 'states:RedriveExecution'],
        resources: [arnOf(scope, 'states', 'execution', `${namePrefix}:*`)],
      }),
      ...(executionKey === undefined ? [] : [executionKey.forReader()]),
    ],
    wildcards: {
      ...secrets.wildcards,
      [`Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${namePrefix}:*`]:
        'The executions of the one state machine; they have no names before they are there.',
    },
    environment: { STATE_MACHINE_ARN: stateMachine.stateMachineArn, SEAL_KEY_ARN: seal.key.keyArn },
  });
  // No SourceArn: the function rotates many secrets (AWS Secrets Manager User Guide, "Permissions for rotation").
  lambda.addPermission('SecretsManager', {
    principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
    sourceAccount: Stack.of(scope).account,
  });
  return lambda;
}
