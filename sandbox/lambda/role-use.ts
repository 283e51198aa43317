import type { Account } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { type AccountPrincipal, roleSession } from '../iam/principal.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { InvocationOrigin, InvokingService } from './invoker.ts';

/**
 * What Lambda needs a function's role for, besides giving its credentials to the function's code, and what other
 * services need to invoke it. Lambda's own calls with the role lack `lambda:SourceFunctionArn`, by which policies tell
 * them from those of the code.
 */
export class RoleUse {
  readonly #authorizer: Authorizer;
  readonly #account: Account;

  constructor(authorizer: Authorizer, account: Account) {
    this.#authorizer = authorizer;
    this.#account = account;
  }

  /**
   * @throws AwsError InvalidParameterValueException Lambda cannot assume the role, or cannot make the network
   *                  interfaces of a function in a VPC with it
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

  /** Whether a line gets into the log; without the permission Lambda drops it and says nothing. */
  mayWriteLog(definition: FunctionDefinition, logStreamName: string): boolean {
    const resource = `${this.#arn('logs', 'log-group')}:${definition.logGroupName}:log-stream:${logStreamName}`;
    const session = this.#session(definition);
    return ['logs:CreateLogStream', 'logs:PutLogEvents'].every(action =>
      this.#authorizer.allows(session, { action, resource }),
    );
  }

  /** Sends what Lambda measured of an invocation to X-Ray; without the permission it is lost, and nothing else is. */
  trace(definition: FunctionDefinition): void {
    if (!definition.tracing) return;
    const session = this.#session(definition);
    for (const action of ['xray:PutTraceSegments', 'xray:PutTelemetryRecords']) {
      this.#authorizer.allows(session, { action, resource: '*' });
    }
  }

  /**
   * A service that acts with a role needs the role's permission, another one that of the function's own policy.
   *
   * @param functionArn with the qualifier that it is invoked by
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

  /** Whether the function's policy lets a service invoke it. */
  mayInvoke(functionArn: string, service: InvokingService, sourceArn: string): boolean {
    const principal = { service, sourceAccount: this.#account.accountId, sourceArn };
    return this.#authorizer.allows(principal, { action: 'lambda:InvokeFunction', resource: functionArn });
  }

  /** A new network interface concerns its subnet and its security groups, too. */
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

/** Step Functions names its sessions by chance; here they have the execution's name, as far as it may be one. */
function sessionName(sourceArn: string | undefined): string {
  return (sourceArn?.split(':').at(-1) ?? 'service').slice(-64);
}
