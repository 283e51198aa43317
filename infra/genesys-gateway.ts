import { checkHttps } from './setting-checks.ts';

/**
 * The base URLs of a private gateway, both `https`, because client secrets and tokens travel there. A value that is
 * known only at deployment is checked by the functions, which do not load with another scheme.
 */
export interface GenesysGateway {
  /** Stands for `https://login.{host}`. */
  readonly loginUrl: string;
  /** Stands for `https://api.{host}`. */
  readonly apiUrl: string;
}

/**
 * The environment variables that name the gateway to a function.
 *
 * @throws InvalidSetting `genesysLoginUrl` or `genesysApiUrl`
 */
export function gatewayVariables(gateway: GenesysGateway | undefined): Record<string, string> {
  if (gateway === undefined) return {};
  checkHttps('genesysLoginUrl', gateway.loginUrl);
  checkHttps('genesysApiUrl', gateway.apiUrl);
  return { GENESYS_LOGIN_URL: gateway.loginUrl, GENESYS_API_URL: gateway.apiUrl };
}
