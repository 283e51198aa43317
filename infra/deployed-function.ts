import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  Code,
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { arnOf } from './arn.ts';
import { FUNCTIONS, type FunctionName } from './function-list.ts';
import type { Logs } from './logs.ts';
import type { VpcPlacement } from './options.ts';
import { attachGrants, type WildcardReasons } from './role-policies.ts';

/** Namespace of the metrics that the functions write; their only dimension, `service`, is the deployment's prefix. */
export const METRICS_NAMESPACE = 'GenesysTokenRotation';

/** What all functions of a deployment have in common. */
export interface FunctionSettings {
  /** A function is called `<namePrefix>-<name>`. */
  readonly namePrefix: string;
  readonly memoryMb: number;
  /** The folder with a folder for each function's code. */
  readonly bundles: string;
  readonly logs: Logs;
  readonly vpc: VpcPlacement | undefined;
  readonly reservedConcurrency: number | undefined;
}

/** What tells one function from the others. */
export interface DeployedFunctionProps {
  readonly name: FunctionName;
  readonly settings: FunctionSettings;
  /** Every call that the function makes, apart from writing its own log and its traces. */
  readonly grants: readonly PolicyStatement[];
  /** A reason for each pattern in the grants. */
  readonly wildcards: WildcardReasons;
  /** Besides the variables that all functions have. */
  readonly environment: Readonly<Record<string, string>>;
  readonly invocation?: Pick<FunctionProps, 'currentVersionOptions' | 'retryAttempts' | 'maxEventAge'>;
}

/**
 * A function as all of ours are: Node.js 24 on ARM, JSON logs in a log group of its own, traced, with a role of its
 * own that holds nothing but the given grants, the log and the traces. The function depends on the role's policies, so
 * it never runs before its permissions are there.
 *
 * No source maps: reading them makes a cold start a fourth slower. `npm run build` makes them for whoever has to look a
 * line of a stack trace up.
 */
export class DeployedFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, props: DeployedFunctionProps) {
    const { constructId, timeoutSeconds } = FUNCTIONS[props.name];
    super(scope, constructId);
    const { namePrefix, bundles, memoryMb, logs, vpc, reservedConcurrency } = props.settings;
    const functionName = `${namePrefix}-${props.name}`;

    const logGroup = logs.group(this, `/aws/lambda/${functionName}`);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${functionName} may do`,
    });
    const policies = attachGrants(this, role, {
      statements: [
        ...props.grants,
        writeLog(logGroup),
        sendTraces(),
        ...(vpc === undefined ? [] : networkInterfaces(arnOf(this, 'lambda', 'function', functionName))),
      ],
      wildcards: {
        'Resource::*': 'X-Ray has no resources to name, nor have network interfaces that are yet to be made.',
        ...props.wildcards,
      },
    });
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(join(bundles, props.name), { exclude: ['*.map'] }),
      handler: 'index.handler',
      timeout: Duration.seconds(timeoutSeconds),
      memorySize: memoryMb,
      environment: {
        POWERTOOLS_SERVICE_NAME: namePrefix,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
        ...props.environment,
      },
      // The construct would add the same grants again, each as a policy of its own.
      role: role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
      ...props.invocation,
    });
    const resource = this.lambda.node.defaultChild as CfnFunction;
    resource.node.addDependency(...policies);
    if (vpc !== undefined) {
      // The construct would want the whole VPC, to make a security group in it.
      resource.vpcConfig = { subnetIds: [...vpc.subnetIds], securityGroupIds: [...vpc.securityGroupIds] };
    }
  }
}

function writeLog(logGroup: LogGroup): PolicyStatement {
  return new PolicyStatement({
    sid: 'WriteOwnLog',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
}

/** X-Ray has no resources to name (Service Authorization Reference, "AWS X-Ray"). */
function sendTraces(): PolicyStatement {
  return new PolicyStatement({
    sid: 'SendTraces',
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resources: ['*'],
  });
}

/** What the Lambda service does with network interfaces in the role's name. */
const NETWORK_INTERFACE_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Lets the Lambda service make the function's network interfaces, and keeps the function's own code from touching any:
 * only calls of the code carry `lambda:SourceFunctionArn`. The actions on interfaces have no resource to name before
 * there is one.
 *
 * @see AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"
 */
function networkInterfaces(functionArn: string): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'ManageNetworkInterfaces',
      actions: NETWORK_INTERFACE_ACTIONS,
      resources: ['*'],
    }),
    new PolicyStatement({
      sid: 'NoNetworkInterfacesForCode',
      effect: Effect.DENY,
      actions: [...NETWORK_INTERFACE_ACTIONS, 'ec2:DetachNetworkInterface'],
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    }),
  ];
}
