import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TokenRotationProps } from './options.ts';
import { type TemplateParameters, TokenRotation } from './token-rotation.ts';

/** A list of hundreds of ARNs is longer than anybody reads, or AWS promises to keep in an output. */
const MAX_LISTED_SECRETS = 25;

/** The properties, and the parameters of a template that is deployed without the CDK. */
interface DeclaredRotation extends TokenRotationProps {
  readonly parameters?: TemplateParameters;
}

/** The stack's own properties, and those of the rotation in it. */
export interface RotationStackProps extends StackProps {
  /** The properties, or a function that imports into the stack what they name. */
  readonly rotation: TokenRotationProps | ((stack: Stack) => DeclaredRotation);
}

/** One deployment of the rotation, for the account and region that it is deployed to; all names begin with its own. */
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
      description: 'Workflow in which a rotation is seen and redriven',
      value: stateMachine.stateMachineArn,
    });
    new CfnOutput(this, 'SealKeyArn', {
      description: 'Key under which tokens travel through the workflow',
      value: sealKey.keyArn,
    });
    new CfnOutput(this, 'TopicArn', {
      description: 'Topic that is told of failures',
      value: topic.topicArn,
    });
    if (secretArns.length > 0 && secretArns.length <= MAX_LISTED_SECRETS) {
      new CfnOutput(this, 'SecretArns', {
        description: 'Secrets that rotate on the schedule, with commas between them',
        value: Fn.join(',', [...secretArns]),
      });
    }
  }
}
