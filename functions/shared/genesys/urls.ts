/** The base URLs of Genesys Cloud. */
export interface GenesysUrls {
  readonly loginUrl: string;
  readonly apiUrl: string;
}

/** Returns the base URLs for a Genesys Cloud host. */
export type GenesysUrlsOf = (host: string) => GenesysUrls;

/** The variables of a private gateway are invalid; the message names the invalid one. */
export class InvalidGateway extends Error {
  override readonly name = 'InvalidGateway';
}

/**
 * The public hosts `login.{host}` and `api.{host}`, or the base URLs GENESYS_LOGIN_URL and GENESYS_API_URL of a private
 * gateway, like the gateway option of Genesys' own SDKs. If one gateway serves several regions, `{host}` in a URL is
 * replaced with the credential's host.
 *
 * Client secrets and tokens are sent to these URLs, so they must be https. Only the loopback interface may use http,
 * because its traffic never leaves the machine.
 *
 * @throws InvalidGateway a variable is not such a URL, or only one of them is set
 */
export function genesysUrls(environment: Readonly<Record<string, string | undefined>>): GenesysUrlsOf {
  const loginUrl = gatewayUrl(environment, 'GENESYS_LOGIN_URL');
  const apiUrl = gatewayUrl(environment, 'GENESYS_API_URL');
  if (loginUrl !== undefined && apiUrl !== undefined) {
    return host => ({
      loginUrl: loginUrl.replaceAll('{host}', host),
      apiUrl: apiUrl.replaceAll('{host}', host),
    });
  }
  if (loginUrl === undefined && apiUrl === undefined) {
    return host => ({ loginUrl: `https://login.${host}`, apiUrl: `https://api.${host}` });
  }
  throw new InvalidGateway(
    'A gateway needs both GENESYS_LOGIN_URL and GENESYS_API_URL; one of them is missing.',
  );
}

function gatewayUrl(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined {
  const value = environment[name];
  if (value === undefined || value === '') return undefined;
  const url = URL.parse(value);
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLoopback(url))) {
    const shown = url === null || url.host === '' ? '' : ` (${url.protocol}//${url.host})`;
    throw new InvalidGateway(
      `The environment variable ${name} is not an https URL${shown}. Client secrets and tokens would be sent without encryption; http is accepted for the loopback interface only.`,
    );
  }
  return value.replace(/\/+$/, '');
}

/** URL has normalised the host: IPv4 addresses are four decimal numbers, IPv6 addresses are in brackets. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
