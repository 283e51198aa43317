import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { codeDirectory } from './bundle.ts';
import { FUNCTIONS, type FunctionName } from './function-list.ts';

/** What tells one function from the others. */
export interface TaskFunctionProps {
  readonly name: FunctionName;
  /** The function is called `<namePrefix>-<name>`. */
  readonly namePrefix: string;
  /** Where `bundleFunctions` wrote to. */
  readonly bundles: string;
  readonly logRetention: RetentionDays;
  /** Every call that the function makes, apart from writing its own log and its traces. */
  readonly grants: readonly PolicyStatement[];
  /** Come last, so that they may override what is set here; an `environment` is the whole environment. */
  readonly overrides?: Partial<FunctionProps>;
}

/**
 * A function as all of ours are: Node.js 24 on ARM, JSON logs in a log group of its own, traced, with a role of its
 * own that holds nothing but the given grants, the log and the traces. The role's policy is part of the role, so a
 * function never runs before its permissions are there.
 *
 * Stack traces stay those of the bundle: with `--enable-source-maps` Node would read and parse the map at every
 * cold start, which makes loading a fourth slower, for the sake of traces whose errors already name what happened. The
 * map is deployed beside the bundle for whoever has to look one up.
 */
export class TaskFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, props: TaskFunctionProps) {
    const { constructId, timeoutSeconds } = FUNCTIONS[props.name];
    super(scope, constructId);
    const functionName = `${props.namePrefix}-${props.name}`;

    // It goes with the stack: a log group that stayed would keep the stack from being deployed anew.
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${functionName} may do`,
      inlinePolicies: {
        Grants: new PolicyDocument({ statements: [...props.grants, writeLog(logGroup), sendTraces()] }),
      },
    });
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(codeDirectory(props.bundles, props.name)),
      handler: 'index.handler',
      timeout: Duration.seconds(timeoutSeconds),
      // The construct would add the same grants again, each as a policy of its own.
      role: role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      ...props.overrides,
    });
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
