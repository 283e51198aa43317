/** Says in one paragraph what AWS or the way to it refused, and what to do; undefined for what is no such failure. */
export function explainAwsFailure(error: unknown): string | undefined {
  const failure = factsOf(error);
  if (failure === undefined) return undefined;
  const { name, message, host } = failure;
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return NO_CREDENTIALS;
  // The SDK gives these no name of their own.
  if (message === 'Region is missing' || message.startsWith('Region not accepted')) return NO_REGION;
  if (message.startsWith('Could not load credentials')) return NO_CREDENTIALS;
  if (CREDENTIALS_REFUSED.has(name)) {
    return `AWS does not accept the credentials (${name}): they have expired, were deleted or belong to another environment. Log in again with aws sso login or aws configure, or unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN where they are stale; aws sts get-caller-identity tells whether they work. A clock that is minutes off is refused, too.`;
  }
  if (ACCESS_DENIED.has(name)) {
    return `AWS denies the access: ${sentence(message)} Let the identity named there have that action, or use another one with --profile.`;
  }
  if (failure.isThrottled) {
    return `AWS limits the rate of calls and went on refusing after several attempts (${name}): ${sentence(message)} Try again in a minute.`;
  }
  if (name === 'TimeoutError' || (failure.code !== undefined && NETWORK_CODES.has(failure.code))) {
    const where = host === undefined ? 'AWS' : host;
    return `${where} cannot be reached (${failure.code ?? name}). Look at the network, a proxy or VPN, the region (--region, AWS_REGION), and AWS_ENDPOINT_URL, which must be unset for AWS itself.`;
  }
  if (failure.isServerError) {
    return `Something is wrong at AWS itself (${name}): ${sentence(message)} Try again in a minute.`;
  }
  return failure.isAws ? `AWS refused the call (${name}): ${sentence(message)}` : undefined;
}

const NO_CREDENTIALS =
  'No AWS credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile or AWS_PROFILE after aws configure or aws sso login.';

const NO_REGION =
  'No AWS region is set, or one that can be none. Name the region of the deployment with --region, AWS_REGION, or in the profile.';

/** AWS Security Token Service API Reference, "Common Errors", and what services of the JSON protocol answer. */
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

/** Node.js documentation, "Common system errors", and those of DNS and TLS. */
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

/** What is read of an error. */
interface FailureFacts {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly host: string | undefined;
  readonly isThrottled: boolean;
  readonly isServerError: boolean;
  /** Whether a service of AWS answered it. */
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
    name,
    message,
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
