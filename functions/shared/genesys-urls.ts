/** The base URLs that Genesys Cloud is called at. */
export interface GenesysUrls {
  readonly loginUrl: string;
  readonly apiUrl: string;
}

/** Gives the base URLs for a Genesys Cloud host. */
export type GenesysUrlsOf = (host: string) => GenesysUrls;

/**
 * The public hosts `login.{host}` and `api.{host}`, unless a private gateway stands in for them:
 * GENESYS_LOGIN_URL and GENESYS_API_URL are then its base URLs, as the gateway option of Genesys' own SDKs. Where one
 * gateway serves several regions, `{host}` in a URL stands for the credential's host.
 *
 * @throws Error names the variable that is not an http(s) URL, or the one that is missing beside the other
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
  throw new Error('A gateway needs both GENESYS_LOGIN_URL and GENESYS_API_URL; one of them is missing.');
}

function gatewayUrl(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined {
  const value = environment[name];
  if (value === undefined || value === '') return undefined;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new Error(`The environment variable ${name} is not an http or https URL.`);
  }
  return value.replace(/\/+$/, '');
}
