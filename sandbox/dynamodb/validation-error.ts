import { AwsError } from '../aws/aws-error.ts';

/** Makes the error for an invalid value. */
export type Refusal = (reason: string) => AwsError;

/** The error for an invalid request. */
export const validationError: Refusal = message => new AwsError('ValidationException', message);
