import { AwsError } from './aws-error.ts';
import type { Identities } from './identities.ts';
import type { Caller } from './service.ts';
import { parseAuthorization, signatureOf } from './signature.ts';
import type { WireRequest } from './wire-protocol.ts';

/** The service and region that a request must be signed for. */
export interface SigningScope {
  readonly service: string;
  /** Default: any region. */
  readonly region?: string | undefined;
}

/**
 * Verifies the signature of a request and returns its caller. Ignores the time of the signature, because the sandbox's
 * clock may be far ahead of the client's. Does not accept signatures in the query string (presigned URLs).
 *
 * @throws AwsError MissingAuthenticationTokenException (403), IncompleteSignatureException,
 *                  UnrecognizedClientException (unknown access key, or wrong session token),
 *                  InvalidSignatureException (403: wrong service, region or secret key)
 * @see AWS Secrets Manager API Reference, Common Errors
 */
export function authenticate(request: WireRequest, scope: SigningScope, identities: Identities): Caller {
  const header = request.headers.authorization;
  if (header === undefined)
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', {
      statusCode: 403,
    });

  const authorization = parseAuthorization(header);
  if (authorization === undefined || request.headers['x-amz-date'] === undefined)
    throw new AwsError(
      'IncompleteSignatureException',
      "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and the existence of an 'X-Amz-Date' header.",
    );

  const identity = identities.find(authorization.accessKeyId);
  if (identity === undefined || identity.accessKey.sessionToken !== request.headers['x-amz-security-token'])
    throw new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );

  if (scope.region !== undefined && authorization.region !== scope.region)
    throw invalidSignature(`Credential should be scoped to a valid region, not '${authorization.region}'.`);
  if (authorization.service !== scope.service)
    throw invalidSignature(`Credential should be scoped to correct service: '${scope.service}'.`);
  if (!authorization.signedHeaders.includes('host'))
    throw invalidSignature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  if (signatureOf(request, authorization, identity.accessKey.secretAccessKey) !== authorization.signature)
    throw invalidSignature(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  return identity.caller;
}

function invalidSignature(message: string): AwsError {
  return new AwsError('InvalidSignatureException', message, { statusCode: 403 });
}
