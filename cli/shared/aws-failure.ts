import { oneLine } from '../../functions/shared/output/plain-text.ts';

/** In characters; longer than any AWS message with an ARN or two. A message may quote untrusted text. */
const MAX_MESSAGE_LENGTH = 2_000;

/** Explains an AWS, network or credentials error in one paragraph; undefined for any other error. */
export function explainAwsFailure(error: unknown): string | undefined {
  const failure = factsOf(error);
  if (failure === undefined) return undefined;
  const { name, message, host } = failure;
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return NO_CREDENTIALS;
  // The SDK throws these with the generic name Error.
  if (message === 'Region is missing' || message.startsWith('Region not accepted')) return NO_REGION;
  if (message.startsWith('Could not load credentials')) return NO_CREDENTIALS;
  if (CREDENTIALS_REFUSED.has(name)) {
    return `AWS does not accept the credentials (${name}): they have expired, were deleted or belong to another environment. Log in again with aws sso login or aws configure, or unset stale AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Test the credentials with aws sts get-caller-identity. AWS also rejects requests if this machine's clock is minutes off.`;
  }
  if (ACCESS_DENIED.has(name)) {
    return `AWS denies access: ${sentence(message)} Grant that action to the identity, or use another identity with --profile.`;
  }
  if (failure.isThrottled) {
    return `AWS throttled the call and its retries (${name}): ${sentence(message)} Try again in a minute.`;
  }
  if (name === 'TimeoutError' || (failure.code !== undefined && NETWORK_CODES.has(failure.code))) {
    return `${host ?? 'AWS'} cannot be reached (${failure.code ?? name}). Check the network, proxy or VPN, the region (--region, AWS_REGION), and AWS_ENDPOINT_URL (unset it to use AWS itself).`;
  }
  if (failure.isServerError) {
    return `AWS responded with a server error (${name}): ${sentence(message)} Try again in a minute.`;
  }
  return failure.isAws ? `AWS refused the call (${name}): ${sentence(message)}` : undefined;
}

const NO_CREDENTIALS =
  'No AWS credentials found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run aws configure or aws sso login and select the profile with --profile or AWS_PROFILE.';

const NO_REGION =
  'No valid AWS region is set. Set the region of the deployment with --region, AWS_REGION, or in the profile.';

/** AWS Security Token Service API Reference, "Common Errors", and the errors of services that use the JSON protocol. */
const CREDENTIALS_REFUSED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

const ACCESS_DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'KmsAccessDeniedException',
  'NotAuthorized',
]);

const THROTTLED = new Set(['ThrottlingException', 'Throttling', 'TooManyRequestsException']);

/** Node.js documentation, "Common system errors", and DNS and TLS errors. */
const NETWORK_CODES = new Set([
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ERR_INVALID_URL',
  'ETIMEDOUT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** The parts of an error that the explanation uses. */
interface FailureFacts {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly host: string | undefined;
  readonly isThrottled: boolean;
  readonly isServerError: boolean;
  /** Whether an AWS service responded with it. */
  readonly isAws: boolean;
}

function factsOf(error: unknown): FailureFacts | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  const { code, hostname, address, $fault, $retryable, $metadata } = error as Error & {
    readonly code?: unknown;
    readonly hostname?: unknown;
    readonly address?: unknown;
    readonly $fault?: 'client' | 'server';
    readonly $retryable?: { readonly throttling?: boolean };
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return {
    name: oneLine(name, MAX_MESSAGE_LENGTH),
    message: oneLine(message, MAX_MESSAGE_LENGTH),
    code: typeof code === 'string' ? code : undefined,
    host: [hostname, address].find(part => typeof part === 'string'),
    isThrottled: THROTTLED.has(name) || $retryable?.throttling === true,
    isServerError: $fault === 'server' || ($metadata?.httpStatusCode ?? 0) >= 500,
    isAws: $metadata?.httpStatusCode !== undefined,
  };
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
