import { leftOut } from './left-out.ts';

/**
 * Where the AWS SDK looks for credentials that are not in the environment. Lambda puts the credentials of a function's
 * role there and nowhere else, so the search has ended before it comes here.
 *
 * @see AWS Lambda Developer Guide, "Working with Lambda environment variables"
 */
export const fromSSO = (): never => elsewhere('fromSSO');
export const fromIni = (): never => elsewhere('fromIni');
export const fromProcess = (): never => elsewhere('fromProcess');
export const fromTokenFile = (): never => elsewhere('fromTokenFile');
export const remoteProvider = (): never => elsewhere('remoteProvider');

function elsewhere(source: string): never {
  return leftOut(
    `AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not in the environment. ${source} of the AWS SDK`,
  );
}
