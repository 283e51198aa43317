import { checkHttps } from './setting-checks.ts';

/** The base URLs of a private gateway, both `https`, because client secret and tokens travel there. */
export interface GenesysGateway {
  /** Stands for `https://login.{host}`. */
  readonly loginUrl: string;
  /** Stands for `https://api.{host}`. */
  readonly apiUrl: string;
}

/**
 * What tells a function of the gateway.
 *
 * @throws InvalidSetting `genesysLoginUrl` or `genesysApiUrl`
 */
export function gatewayVariables(gateway: GenesysGateway | undefined): Record<string, string> {
  if (gateway === undefined) return {};
  checkHttps('genesysLoginUrl', gateway.loginUrl);
  checkHttps('genesysApiUrl', gateway.apiUrl);
  return { GENESYS_LOGIN_URL: gateway.loginUrl, GENESYS_API_URL: gateway.apiUrl };
}
