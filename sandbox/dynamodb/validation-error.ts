import { AwsError } from '../aws/aws-error.ts';

/** Makes the error for a wrong value from the reason. */
export type Refusal = (reason: string) => AwsError;

/** The error for a request that is not valid. */
export const validationError: Refusal = message => new AwsError('ValidationException', message);
