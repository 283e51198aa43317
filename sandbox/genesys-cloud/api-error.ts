import { type GenesysRequest, type GenesysResponse, jsonResponse } from './exchange.ts';

/** Status and message of each error code (Genesys Cloud Platform API, responses of each operation). */
const ERRORS = {
  'authentication.required': [401, 'No authentication bearer token specified in authorization header.'],
  'bad.credentials': [401, 'Invalid login credentials.'],
  'credentials.expired': [401, 'The supplied credentials are expired and cannot be used.'],
  'not.authorized': [403, 'You are not authorized to perform the requested action.'],
  'missing.permissions': [
    403,
    'Unable to perform the requested action. You are missing the following permission(s): {permissions}',
  ],
  'not.found': [404, 'The requested resource was not found.'],
  'method.not.allowed': [405, 'The requested method is not allowed on this resource.'],
  'request.entity.too.large': [413, 'The request is over the size limit. Maximum bytes: {maximumBytes}'],
  'too.many.requests': [
    429,
    'Rate limit exceeded the maximum [{maximum}] requests within [{seconds}] seconds',
  ],
  'internal.server.error': [
    500,
    'The server encountered an unexpected condition which prevented it from fulfilling the request.',
  ],
  'service.unavailable': [
    503,
    'Service Unavailable - The server is currently unavailable (because it is overloaded or down for maintenance).',
  ],
  'not.emulated': [501, 'The sandbox does not emulate {feature}.'],
} as const;

/**
 * An error of the Platform API, in the shape of its model ErrorBody.
 *
 * @param parameters fill the placeholders of the code's message
 */
export function apiError(
  request: Pick<GenesysRequest, 'correlationId'>,
  code: keyof typeof ERRORS,
  parameters: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): GenesysResponse {
  const [status, messageWithParams] = ERRORS[code];
  return jsonResponse(
    status,
    {
      message: messageWithParams.replaceAll(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? ''),
      code,
      status,
      contextId: request.correlationId,
      details: [],
      errors: [],
      messageWithParams,
      messageParams: parameters,
    },
    headers,
  );
}
