import { AwsError } from './aws-error.ts';
import type { RequestHead, WireProtocol } from './wire-protocol.ts';

const XML_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
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

/** Tells whether a request comes as a form, as only STS has it here. */
export function isQueryRequest(head: RequestHead): boolean {
  return head.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/**
 * The AWS Query protocol of STS: a form with `Action`, and answers and errors in XML. Only members that are
 * text can be answered.
 *
 * @see Smithy 2.0, AWS query protocol
 */
export function queryProtocol(): WireProtocol {
  return {
    service: 'sts',
    bodyLimitBytes: BODY_LIMIT_BYTES,
    bodyTooLarge: new AwsError('RequestEntityTooLarge', `Request size exceeded ${BODY_LIMIT_BYTES} bytes`, {
      statusCode: 413,
    }),
    operation: request =>
      request.method === 'POST' ? (formOf(request.body).get('Action') ?? undefined) : undefined,
    input: request => {
      const { Action: _action, Version: _version, ...members } = Object.fromEntries(formOf(request.body));
      return members;
    },
    answer: (operation, output, requestId) => ({
      statusCode: 200,
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
      body: element(
        `${operation}Response`,
        element(`${operation}Result`, members(output)) +
          element('ResponseMetadata', element('RequestId', requestId)),
      ),
    }),
    refusal: (error, requestId) => {
      const own = QUERY_ERROR.get(error.type);
      const statusCode = own?.statusCode ?? error.statusCode;
      const parts = {
        Type: statusCode < 500 ? 'Sender' : 'Receiver',
        Code: own?.code ?? error.type,
        Message: own?.message ?? error.message,
      };
      return {
        statusCode,
        headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
        body: element('ErrorResponse', element('Error', members(parts)) + element('RequestId', requestId)),
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

/** The root elements carry the namespace; `content` is XML already. */
function element(name: string, content: string): string {
  const namespace = name.endsWith('Response') ? ` xmlns="${XML_NAMESPACE}"` : '';
  return `<${name}${namespace}>${content}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
