import { AwsError } from '../aws/aws-error.ts';
import type { AwsCall } from '../aws/service.ts';
import { keyFailure } from '../secrets-manager/key-access.ts';
import { keyRefusal } from '../sns/key-access.ts';
import { invalidKeyState } from '../step-functions/role-use.ts';

const KEY = 'of the fault';

/**
 * The operations that use a customer managed key, and the error that each returns when the key is disabled. For AWS
 * KMS, see AWS KMS API Reference, Decrypt, "Errors".
 */
const DISABLED_KEY_ERRORS: ReadonlyMap<string, () => AwsError> = new Map([
  ...['Decrypt', 'GenerateDataKey'].map(
    name => [`kms:${name}`, () => new AwsError('DisabledException', `The key ${KEY} is disabled.`)] as const,
  ),
  ...['CreateSecret', 'PutSecretValue', 'UpdateSecret'].map(
    name => [`secretsmanager:${name}`, () => keyFailure('kms:GenerateDataKey')] as const,
  ),
  ['secretsmanager:GetSecretValue', () => keyFailure('kms:Decrypt')],
  ['sns:Publish', () => keyRefusal('disabled')],
  ...['DescribeExecution', 'DescribeStateMachine', 'GetExecutionHistory', 'StartExecution'].map(
    name => [`states:${name}`, () => invalidKeyState('disabled', KEY)] as const,
  ),
]);

/** Whether an operation, e.g. `kms:Decrypt`, uses a customer managed key. */
export function usesKey(target: string): boolean {
  return DISABLED_KEY_ERRORS.has(target);
}

/**
 * The error of a call whose key is disabled.
 *
 * @returns undefined when the call needs no key: it reads only metadata from Step Functions
 */
export function disabledKeyError({ service, operation, input }: AwsCall): AwsError | undefined {
  const metadataOnly =
    typeof input === 'object' &&
    input !== null &&
    'includedData' in input &&
    input.includedData === 'METADATA_ONLY';
  return metadataOnly ? undefined : DISABLED_KEY_ERRORS.get(`${service}:${operation}`)?.();
}
