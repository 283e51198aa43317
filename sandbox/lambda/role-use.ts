import type { Account } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { type AccountPrincipal, roleSession } from '../iam/principal.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { InvocationOrigin, InvokingService } from './invoker.ts';

/**
 * Lambda's own uses of a function's role, and the permissions that other services need to invoke the function. Lambda's
 * own calls with the role lack `lambda:SourceFunctionArn`, so that policies can distinguish them from those of the
 * function's code.
 */
export class RoleUse {
  readonly #authorizer: Authorizer;
  readonly #account: Account;

  constructor(authorizer: Authorizer, account: Account) {
    this.#authorizer = authorizer;
    this.#account = account;
  }

  /**
   * @throws AwsError InvalidParameterValueException Lambda cannot assume the role, or cannot create the network
   *   interfaces of a function in a VPC with it
   * @see AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"
   */
  requireForCreation(definition: FunctionDefinition, functionArn: string): void {
    const { roleArn, vpc } = definition;
    const { accountId: sourceAccount } = this.#account;
    const lambda = { service: 'lambda.amazonaws.com', sourceAccount, sourceArn: functionArn };
    if (!this.#authorizer.mayAssume(roleArn, lambda)) {
      throw new AwsError(
        'InvalidParameterValueException',
        'The role defined for the function cannot be assumed by Lambda.',
      );
    }
    if (vpc === undefined) return;
    const session = this.#session(definition);
    for (const [action, resources] of Object.entries(this.#networkCalls(vpc))) {
      if (
        resources.every(resource => this.#authorizer.allows(session, { action: `ec2:${action}`, resource }))
      ) {
        continue;
      }
      throw new AwsError(
        'InvalidParameterValueException',
        `The provided execution role does not have permissions to call ${action} on EC2`,
      );
    }
  }

  /** Whether Lambda can write to the log; without the permission it drops lines silently. */
  mayWriteLog(definition: FunctionDefinition, logStreamName: string): boolean {
    const resource = `${this.#arn('logs', 'log-group')}:${definition.logGroupName}:log-stream:${logStreamName}`;
    const session = this.#session(definition);
    return ['logs:CreateLogStream', 'logs:PutLogEvents'].every(action =>
      this.#authorizer.allows(session, { action, resource }),
    );
  }

  /** Sends the trace of an invocation to X-Ray; without the permission only the trace is lost. */
  trace(definition: FunctionDefinition): void {
    if (!definition.tracing) return;
    const session = this.#session(definition);
    for (const action of ['xray:PutTraceSegments', 'xray:PutTelemetryRecords']) {
      this.#authorizer.allows(session, { action, resource: '*' });
    }
  }

  /**
   * A service that acts with a role needs the role's permission; any other needs the function's resource policy.
   *
   * @param functionArn with the qualifier of the invocation
   * @throws AwsError AccessDeniedException (403)
   */
  requireInvocation(functionArn: string, service: InvokingService, origin: InvocationOrigin = {}): void {
    const { roleArn, sourceArn } = origin;
    const principal =
      roleArn === undefined
        ? { service, sourceAccount: this.#account.accountId, sourceArn }
        : roleSession(roleArn, sessionName(sourceArn));
    this.#authorizer.authorize(principal, { action: 'lambda:InvokeFunction', resource: functionArn });
  }

  /** Whether the function's policy allows a service to invoke it. */
  mayInvoke(functionArn: string, service: InvokingService, sourceArn: string): boolean {
    const principal = { service, sourceAccount: this.#account.accountId, sourceArn };
    return this.#authorizer.allows(principal, { action: 'lambda:InvokeFunction', resource: functionArn });
  }

  /** A new network interface also needs permission for its subnet and its security groups. */
  #networkCalls(vpc: NonNullable<FunctionDefinition['vpc']>): Readonly<Record<string, readonly string[]>> {
    const interfaces = `${this.#arn('ec2', 'network-interface/*')}`;
    return {
      CreateNetworkInterface: [
        interfaces,
        ...vpc.subnetIds.map(id => this.#arn('ec2', `subnet/${id}`)),
        ...vpc.securityGroupIds.map(id => this.#arn('ec2', `security-group/${id}`)),
      ],
      DescribeNetworkInterfaces: ['*'],
      DescribeSubnets: ['*'],
      DeleteNetworkInterface: [interfaces],
      AssignPrivateIpAddresses: [interfaces],
      UnassignPrivateIpAddresses: [interfaces],
    };
  }

  #session({ roleArn, name }: FunctionDefinition): AccountPrincipal {
    return roleSession(roleArn, name);
  }

  #arn(service: string, resource: string): string {
    const { partition, region, accountId } = this.#account;
    return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  }
}

/** Step Functions uses random session names; here they are the last 64 characters of the execution's name. */
function sessionName(sourceArn: string | undefined): string {
  return (sourceArn?.split(':').at(-1) ?? 'service').slice(-64);
}
