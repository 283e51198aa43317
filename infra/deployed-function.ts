import { Duration } from 'aws-cdk-lib';
import { Effect, type IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  type Code,
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { arnOf } from './arn.ts';
import { FUNCTIONS, type FunctionName } from './function-list.ts';
import { explainWildcards, grant } from './grants.ts';
import type { Logs } from './logs.ts';
import type { VpcPlacement } from './options.ts';

/** Namespace of the functions' metrics. Their only dimension, `service`, is the deployment's prefix. */
export const METRICS_NAMESPACE = 'GenesysTokenRotation';

/** Settings that all functions of a deployment share. */
export interface FunctionSettings {
  /** A function is named `<namePrefix>-<name>`. */
  readonly namePrefix: string;
  readonly memoryMb: number;
  readonly codeOf: (name: FunctionName) => Code;
  readonly logs: Logs;
  readonly vpc: VpcPlacement | undefined;
  readonly reservedConcurrency: number | undefined;
}

/** Props of one function. */
export interface DeployedFunctionProps {
  readonly name: FunctionName;
  readonly settings: FunctionSettings;
  /** In addition to the variables that all functions have. */
  readonly environment: Readonly<Record<string, string>>;
  readonly invocation?: Pick<FunctionProps, 'currentVersionOptions' | 'retryAttempts' | 'maxEventAge'>;
}

/**
 * A function: Node.js 24 on ARM, with JSON logs in its own log group, traces, and its own role. The role may write logs
 * and traces; grants add the rest. The function depends on the role's policies, so it never runs without its
 * permissions.
 *
 * The function has no source maps, because they make a cold start 25 % slower. `npm run build` creates them for reading
 * stack traces.
 */
export class DeployedFunction extends Construct implements IGrantable {
  readonly lambda: LambdaFunction;
  /** The function's role. */
  readonly grantPrincipal: Role;

  constructor(scope: Construct, props: DeployedFunctionProps) {
    const { constructId, timeoutSeconds } = FUNCTIONS[props.name];
    super(scope, constructId);
    const { namePrefix, codeOf, memoryMb, logs, vpc, reservedConcurrency } = props.settings;
    const functionName = `${namePrefix}-${props.name}`;

    const logGroup = logs.group(this, `/aws/lambda/${functionName}`);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Execution role of ${functionName}`,
    });
    this.grantPrincipal = role;
    logGroup.grantWrite(role);
    explainWildcards(role, {
      'Resource::*':
        'X-Ray, ListSecrets and the creation of network interfaces do not support resource-level permissions.',
    });
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: codeOf(props.name),
      handler: 'index.handler',
      timeout: Duration.seconds(timeoutSeconds),
      memorySize: memoryMb,
      environment: {
        POWERTOOLS_SERVICE_NAME: namePrefix,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
        ...props.environment,
      },
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
      ...props.invocation,
    });
    if (vpc === undefined) return;
    // CDK's property requires the VPC itself, to create a security group in it.
    const resource = this.lambda.node.defaultChild as CfnFunction;
    resource.vpcConfig = { subnetIds: [...vpc.subnetIds], securityGroupIds: [...vpc.securityGroupIds] };
    grantNetworkInterfaces(this, arnOf(this, 'lambda', 'function', functionName));
  }
}

/** The calls that the Lambda service makes for network interfaces, with the function's role. */
const NETWORK_INTERFACE_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Allows the Lambda service to create the function's network interfaces, and denies it to the function's code: only the
 * code's calls carry `lambda:SourceFunctionArn`.
 *
 * @see AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"
 */
function grantNetworkInterfaces(grantee: IGrantable, functionArn: string): void {
  grant(grantee, { sid: 'ManageNetworkInterfaces', actions: NETWORK_INTERFACE_ACTIONS, resources: ['*'] });
  grant(grantee, {
    sid: 'NoNetworkInterfacesForCode',
    effect: Effect.DENY,
    actions: [...NETWORK_INTERFACE_ACTIONS, 'ec2:DetachNetworkInterface'],
    resources: ['*'],
    conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
  });
}
