import { AwsError } from '../aws/aws-error.ts';

const STATES_ARN = /^arn:[\w-]+:states:[\w-]+:\d{12}:([A-Za-z]+):.+$/;

/**
 * Validates an ARN.
 *
 * @throws AwsError InvalidArn
 */
export function arnOfKind(kind: 'stateMachine' | 'execution', arn: string): string {
  const found = STATES_ARN.exec(arn)?.[1];
  if (found === undefined) throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
  if (found === kind) return arn;
  throw new AwsError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${found}'`);
}
