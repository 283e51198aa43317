import { AwsError } from './aws-error.ts';
import { formMembers } from './query-form.ts';
import { element, members } from './query-xml.ts';
import { parseAuthorization } from './signature.ts';
import type { RequestHead, WireProtocol } from './wire-protocol.ts';

/** The services that speak it here. */
const XML_NAMESPACES = {
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  sns: 'http://sns.amazonaws.com/doc/2010-03-31/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
} as const;
type QueryService = keyof typeof XML_NAMESPACES;

const BODY_LIMIT_BYTES = 1_048_576;

/** The Query protocol has names and statuses of its own for what is refused before the service is reached. */
const QUERY_ERROR: ReadonlyMap<string, { code: string; statusCode: number; message?: string }> = new Map([
  [
    'MissingAuthenticationTokenException',
    {
      code: 'MissingAuthenticationToken',
      statusCode: 403,
      message: 'Request is missing Authentication Token',
    },
  ],
  ['UnrecognizedClientException', { code: 'InvalidClientTokenId', statusCode: 403 }],
  ['InvalidSignatureException', { code: 'SignatureDoesNotMatch', statusCode: 403 }],
  ['IncompleteSignatureException', { code: 'IncompleteSignature', statusCode: 400 }],
  ['UnknownOperationException', { code: 'InvalidAction', statusCode: 400 }],
  ['ValidationException', { code: 'ValidationError', statusCode: 400 }],
  ['AccessDeniedException', { code: 'AccessDenied', statusCode: 403 }],
]);

/**
 * Some have names of their own for some of them (Amazon SNS API Reference, Publish, "Errors"; AWS Identity and Access
 * Management API Reference, SimulatePrincipalPolicy, "Errors").
 */
const OWN_ERRORS: Readonly<Partial<Record<QueryService, typeof QUERY_ERROR>>> = {
  sns: new Map([
    ['AccessDeniedException', { code: 'AuthorizationError', statusCode: 403 }],
    ['InternalFailure', { code: 'InternalError', statusCode: 500 }],
  ]),
  iam: new Map([['InternalFailure', { code: 'ServiceFailure', statusCode: 500 }]]),
};

/** Tells whether a request comes as a form, as those to STS, SNS and IAM do. */
export function isQueryRequest(head: RequestHead): boolean {
  return head.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/**
 * The AWS Query protocol of STS, SNS and IAM: a form with `Action`, and answers and errors in XML. Which of them is
 * meant, only the signature tells before the form is read.
 *
 * @see Smithy 2.0, AWS query protocol
 */
export function queryProtocol(head: RequestHead): WireProtocol {
  const signedFor = parseAuthorization(head.headers.authorization ?? '')?.service ?? '';
  const service: QueryService = Object.hasOwn(XML_NAMESPACES, signedFor)
    ? (signedFor as QueryService)
    : 'sts';
  const namespace = XML_NAMESPACES[service];
  return {
    service,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    bodyTooLarge: new AwsError('RequestEntityTooLarge', `Request size exceeded ${BODY_LIMIT_BYTES} bytes`, {
      statusCode: 413,
    }),
    operation: request => {
      const { Action } = request.method === 'POST' ? formMembers(request.body) : {};
      return typeof Action === 'string' ? Action : undefined;
    },
    input: request => {
      const { Action: _action, Version: _version, ...input } = formMembers(request.body);
      return input;
    },
    answer: (operation, output, requestId) => ({
      statusCode: 200,
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
      body: element(
        `${operation}Response`,
        element(`${operation}Result`, members(output)) +
          element('ResponseMetadata', element('RequestId', requestId)),
        namespace,
      ),
    }),
    refusal: (error, requestId) => {
      const own = OWN_ERRORS[service]?.get(error.type) ?? QUERY_ERROR.get(error.type);
      const statusCode = own?.statusCode ?? error.statusCode;
      const parts = {
        Type: statusCode < 500 ? 'Sender' : 'Receiver',
        Code: own?.code ?? error.type,
        Message: own?.message ?? error.message,
      };
      return {
        statusCode,
        headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
        body: element(
          'ErrorResponse',
          element('Error', members(parts)) + element('RequestId', requestId),
          namespace,
        ),
      };
    },
  };
}
