import { AwsError } from './aws-error.ts';
import { parseAuthorization } from './signature.ts';
import type { RequestHead, WireProtocol } from './wire-protocol.ts';

/** The services that speak it here. */
type QueryService = 'sts' | 'sns';

const XML_NAMESPACES: Readonly<Record<QueryService, string>> = {
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  sns: 'http://sns.amazonaws.com/doc/2010-03-31/',
};
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

/** SNS has names of its own for some of them (Amazon SNS API Reference, Publish, "Errors"). */
const SNS_ERROR: typeof QUERY_ERROR = new Map([
  ['AccessDeniedException', { code: 'AuthorizationError', statusCode: 403 }],
  ['InternalFailure', { code: 'InternalError', statusCode: 500 }],
]);

/** Tells whether a request comes as a form, as those to STS and SNS do. */
export function isQueryRequest(head: RequestHead): boolean {
  return head.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/**
 * The AWS Query protocol of STS and SNS: a form with `Action`, and answers and errors in XML. Which of the two is
 * meant, only the signature tells before the form is read. Only members that are text can be answered; of a list or
 * a map in the form no more is read than that it is there.
 *
 * @see Smithy 2.0, AWS query protocol
 */
export function queryProtocol(head: RequestHead): WireProtocol {
  const signedFor = parseAuthorization(head.headers.authorization ?? '')?.service;
  const service: QueryService = signedFor === 'sns' ? 'sns' : 'sts';
  const namespace = XML_NAMESPACES[service];
  return {
    service,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    bodyTooLarge: new AwsError('RequestEntityTooLarge', `Request size exceeded ${BODY_LIMIT_BYTES} bytes`, {
      statusCode: 413,
    }),
    operation: request =>
      request.method === 'POST' ? (formOf(request.body).get('Action') ?? undefined) : undefined,
    input: request => {
      const { Action: _action, Version: _version, ...members } = Object.fromEntries(formOf(request.body));
      // A list or a map arrives in pieces, `MessageAttributes.entry.1.Name` and so on.
      return Object.fromEntries(
        Object.entries(members).map(([name, value]) => {
          const [member = '', ...rest] = name.split('.');
          return [member, rest.length === 0 ? value : {}];
        }),
      );
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
      const own = (service === 'sns' ? SNS_ERROR : undefined)?.get(error.type) ?? QUERY_ERROR.get(error.type);
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

function formOf(body: Buffer): URLSearchParams {
  return new URLSearchParams(body.toString('utf8'));
}

function members(output: object): string {
  return Object.entries(output)
    .map(([name, value]: [string, unknown]) => {
      if (typeof value !== 'string') throw new TypeError(`The member ${name} is no text.`);
      return element(name, escapeXml(value));
    })
    .join('');
}

/** `content` is XML already; the root element carries the namespace. */
function element(name: string, content: string, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<${name}${attribute}>${content}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
