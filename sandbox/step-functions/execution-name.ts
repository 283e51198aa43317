import { AwsError } from '../aws/aws-error.ts';

const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u;
const LONGEST_NAME = 80;

/**
 * @throws AwsError InvalidName (AWS Step Functions API Reference, StartExecution: `name`)
 */
export function checkExecutionName(name: string): void {
  if (name.length >= 1 && name.length <= LONGEST_NAME && !FORBIDDEN.test(name)) return;
  throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}
