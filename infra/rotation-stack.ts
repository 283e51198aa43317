import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TokenRotationProps } from './options.ts';
import { type TemplateParameters, TokenRotation } from './token-rotation.ts';

/** A list of hundreds of ARNs may exceed the length of an output. */
const MAX_LISTED_SECRETS = 25;

/** The properties, and the parameters of a template that is deployed without the CDK. */
interface DeclaredRotation extends TokenRotationProps {
  readonly parameters?: TemplateParameters;
}

/** The stack's own properties, and those of the rotation in it. */
export interface RotationStackProps extends StackProps {
  /** The properties, or a function that creates them in the stack. */
  readonly rotation: TokenRotationProps | ((stack: Stack) => DeclaredRotation);
}

/** One deployment of the rotation. Its name is the prefix of all resource names. */
export class RotationStack extends Stack {
  constructor(scope: Construct, id: string, { rotation, ...props }: RotationStackProps) {
    super(scope, id, {
      description: 'Keeps Genesys Cloud OAuth tokens fresh in AWS Secrets Manager',
      ...props,
    });
    const { parameters, ...declared }: DeclaredRotation =
      typeof rotation === 'function' ? rotation(this) : rotation;
    const { rotationFunction, stateMachine, sealKey, topic, secretArns } = new TokenRotation(
      this,
      'TokenRotation',
      { namePrefix: this.stackName, ...declared },
      parameters,
    );

    new CfnOutput(this, 'RotationFunctionArn', {
      description: 'Rotation function of the secrets',
      value: rotationFunction.functionArn,
    });
    new CfnOutput(this, 'StateMachineArn', {
      description: 'Workflow that runs the rotations',
      value: stateMachine.stateMachineArn,
    });
    new CfnOutput(this, 'SealKeyArn', {
      description: 'Key that seals tokens in the workflow and the journal',
      value: sealKey.keyArn,
    });
    new CfnOutput(this, 'TopicArn', {
      description: 'Topic for failure notifications',
      value: topic.topicArn,
    });
    if (secretArns.length > 0 && secretArns.length <= MAX_LISTED_SECRETS) {
      new CfnOutput(this, 'SecretArns', {
        description: 'Secrets that rotate on the schedule, separated by commas',
        value: Fn.join(',', [...secretArns]),
      });
    }
  }
}
