import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { DeployedFunction, type FunctionSettings } from './deployed-function.ts';
import type { ExecutionKey } from './execution-key.ts';
import { grant, grantExecutions } from './grants.ts';
import type { RotatedSecrets } from './rotated-secrets.ts';
import type { SealKey } from './seal-key.ts';

/** Props of the rotation function. */
export interface RotationFunctionProps {
  readonly settings: FunctionSettings;
  readonly secrets: RotatedSecrets;
  readonly seal: SealKey;
  readonly stateMachine: StateMachine;
  readonly executionKey?: ExecutionKey | undefined;
}

/**
 * The function that Secrets Manager invokes, and its permission to do so. It has no alias: Secrets Manager records its
 * unqualified ARN with each secret, and the conditions of the policies compare it.
 */
export function rotationFunction(scope: Construct, props: RotationFunctionProps): LambdaFunction {
  const { settings, secrets, seal, stateMachine, executionKey } = props;
  const rotation = new DeployedFunction(scope, {
    name: 'rotation',
    settings,
    environment: { STATE_MACHINE_ARN: stateMachine.stateMachineArn, SEAL_KEY_ARN: seal.key.keyArn },
  });
  secrets.grant(rotation, 'DescribeSecret');
  seal.grantSeal(rotation.grantPrincipal, 'rotation-token');
  grant(rotation, {
    sid: 'StartRotation',
    actions: ['states:StartExecution'],
    resources: [stateMachine.stateMachineArn],
  });
  grantExecutions(rotation, {
    sid: 'FollowRotation',
    namePrefix: settings.namePrefix,
    actions: ['states:DescribeExecution', 'states:RedriveExecution'],
  });
  executionKey?.grantRead(rotation);
  // No SourceArn: the function rotates many secrets (AWS Secrets Manager User Guide, "Permissions for rotation").
  rotation.lambda.addPermission('SecretsManager', {
    principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
    sourceAccount: Stack.of(scope).account,
  });
  return rotation.lambda;
}
