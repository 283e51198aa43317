import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
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
import { codeDirectory } from './bundles-folder.ts';
import { FUNCTIONS, type FunctionName } from './function-list.ts';
import type { FunctionSettings } from './function-options.ts';
import { attachGrants, type WildcardReasons } from './role-policies.ts';
import { networkInterfaces } from './vpc-access.ts';

/** Namespace of the metrics that the functions write; their only dimension, `service`, is the deployment's prefix. */
export const METRICS_NAMESPACE = 'GenesysTokenRotation';

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
      code: Code.fromAsset(codeDirectory(bundles, props.name), { exclude: ['*.map'] }),
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
