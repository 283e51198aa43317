import { Token } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { InvalidSetting } from './invalid-setting.ts';
import { checkList } from './setting-checks.ts';

/** Where in a VPC the functions run. */
export interface VpcPlacement {
  /** Subnets from which AWS and Genesys Cloud are reached, through endpoints or a NAT gateway. */
  readonly subnetIds: readonly string[];
  /** Security groups that let the functions out to port 443. */
  readonly securityGroupIds: readonly string[];
}

/** What the Lambda service does with network interfaces in the role's name. */
const ALLOWED = [
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
export function networkInterfaces(functionArn: string): PolicyStatement[] {
  return [
    new PolicyStatement({ sid: 'ManageNetworkInterfaces', actions: ALLOWED, resources: ['*'] }),
    new PolicyStatement({
      sid: 'NoNetworkInterfacesForCode',
      effect: Effect.DENY,
      actions: [...ALLOWED, 'ec2:DetachNetworkInterface'],
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    }),
  ];
}

/** @throws InvalidSetting `vpc` */
export function checkVpc({ subnetIds, securityGroupIds }: VpcPlacement): void {
  if (Token.isUnresolved(subnetIds) || Token.isUnresolved(securityGroupIds)) return;
  if (subnetIds.length === 0) throw new InvalidSetting('vpc', 'names no subnet.');
  if (securityGroupIds.length === 0) throw new InvalidSetting('vpc', 'names no security group.');
  checkList('vpc', subnetIds, /^subnet-[0-9a-f]{8,17}$/, 'is not the id of a subnet');
  checkList('vpc', securityGroupIds, /^sg-[0-9a-f]{8,17}$/, 'is not the id of a security group');
}
