import { AwsError } from './aws-error.ts';
import { parseAuthorization } from './signature.ts';
import type { RequestHead, WireProtocol } from './wire-protocol.ts';

/** The emulated services with this protocol. */
const XML_NAMESPACES = {
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  sns: 'http://sns.amazonaws.com/doc/2010-03-31/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
} as const;
type QueryService = keyof typeof XML_NAMESPACES;

const BODY_LIMIT_BYTES = 1_048_576;

/** The Query protocol's names and statuses of errors that occur before the service handles the request. */
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
 * Names that differ for some services (Amazon SNS API Reference, Publish, "Errors"; AWS Identity and
 * Access Management API Reference, SimulatePrincipalPolicy, "Errors").
 */
const SERVICE_ERRORS: Readonly<Partial<Record<QueryService, typeof QUERY_ERROR>>> = {
  sns: new Map([
    ['AccessDeniedException', { code: 'AuthorizationError', statusCode: 403 }],
    ['InternalFailure', { code: 'InternalError', statusCode: 500 }],
  ]),
  iam: new Map([['InternalFailure', { code: 'ServiceFailure', statusCode: 500 }]]),
};

/** Whether a request is a form, as requests to STS, SNS and IAM are. */
export function isQueryRequest(head: RequestHead): boolean {
  return head.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/**
 * The AWS Query protocol of STS, SNS and IAM: a form with `Action`; responses and errors in XML. The signature
 * identifies the service, because the body has not been read yet.
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
    bodyTooLarge: () =>
      new AwsError('RequestEntityTooLarge', `Request size exceeded ${BODY_LIMIT_BYTES} bytes`, {
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
    writeResponse: (operation, output, requestId) => ({
      statusCode: 200,
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
      body: element(
        `${operation}Response`,
        element(`${operation}Result`, members(output)) +
          element('ResponseMetadata', element('RequestId', requestId)),
        namespace,
      ),
    }),
    writeError: (error, requestId) => {
      const mapped = SERVICE_ERRORS[service]?.get(error.type) ?? QUERY_ERROR.get(error.type);
      const statusCode = mapped?.statusCode ?? error.statusCode;
      const parts = {
        Type: statusCode < 500 ? 'Sender' : 'Receiver',
        Code: mapped?.code ?? error.type,
        Message: mapped?.message ?? error.message,
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

/** The value of a form member: a list, a structure, or text. */
export type FormValue = string | readonly FormValue[] | { readonly [member: string]: FormValue };

/** A partly parsed value: text, or the parts of a list, a map or a structure by name. */
type Parts = Map<string, Parts | string>;

/**
 * The members of a request in the AWS Query protocol: `Names.member.1=a` is an item of a list, `Entry.Key=b` a member
 * of a structure. A map, `Attributes.entry.1.key` and so on, remains a structure of its parts.
 *
 * @see Smithy 2.0, AWS query protocol, "Query key resolution"
 */
export function formMembers(body: Buffer): Readonly<Record<string, FormValue>> {
  const form: Parts = new Map();
  for (const [name, text] of new URLSearchParams(body.toString('utf8'))) put(form, name.split('.'), text);
  return structure(form);
}

function put(parts: Parts, [name = '', ...rest]: readonly string[], text: string): void {
  if (rest.length === 0) {
    parts.set(name, text);
    return;
  }
  const known = parts.get(name);
  const below: Parts = known instanceof Map ? known : new Map();
  parts.set(name, below);
  put(below, rest, text);
}

function structure(parts: Parts): Readonly<Record<string, FormValue>> {
  return Object.fromEntries([...parts].map(([name, part]) => [name, formValue(part)]));
}

function formValue(part: Parts | string): FormValue {
  if (typeof part === 'string') return part;
  const items = part.get('member');
  if (!(items instanceof Map) || part.size > 1) return structure(part);
  return [...items].sort(([one], [other]) => Number(one) - Number(other)).map(([, item]) => formValue(item));
}

/** An XML element; `content` is already XML. Only the root element has a namespace. */
function element(name: string, content: string, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<${name}${attribute}>${content}</${name}>`;
}

/**
 * The members of a response, one element each: strings, numbers, booleans, structures, and lists of these.
 *
 * @throws TypeError for any other value
 * @see Smithy 2.0, "XML bindings"
 */
function members(output: object): string {
  return Object.entries(output)
    .map(([name, value]: [string, unknown]) => element(name, content(name, value)))
    .join('');
}

function content(name: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return escapeXml(value);
    case 'number':
    case 'boolean':
      return String(value);
    case 'object':
      if (Array.isArray(value)) return value.map(item => element('member', content(name, item))).join('');
      if (value !== null) return members(value);
  }
  throw new TypeError(`The member ${name} cannot be written as XML.`);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
