import { SecretsManagerServiceException } from '@aws-sdk/client-secrets-manager';
import { SFNServiceException } from '@aws-sdk/client-sfn';

/** An exception class of an AWS client, as its package exports it. */
type ExceptionClass = new (options: { message: string; $metadata: Record<string, never> }) => Error;

/** An exception that the client has a class for. */
export function awsException(type: ExceptionClass, message = 'refused'): Error {
  return new type({ message, $metadata: {} });
}

/** An exception of Secrets Manager that the client has no class for, e.g. `ThrottlingException`. */
export function secretsManagerException(name: string): Error {
  return new SecretsManagerServiceException({ name, $fault: 'client', message: 'refused', $metadata: {} });
}

/** An exception of Step Functions that the client has no class for. */
export function stepFunctionsException(name: string, fault: 'client' | 'server' = 'client'): Error {
  return new SFNServiceException({ name, $fault: fault, message: 'refused', $metadata: {} });
}
