import { type GenesysUrlsOf, genesysUrls, InvalidGateway } from '../../functions/shared/genesys/urls.ts';
import { CliError } from './cli-error.ts';

/**
 * The URLs of Genesys Cloud: the public hosts, or the gateway in GENESYS_LOGIN_URL and GENESYS_API_URL.
 *
 * @throws CliError usage: the gateway is not an https URL (http on the loopback interface is accepted)
 */
export function gatewayUrls(): GenesysUrlsOf {
  try {
    return genesysUrls(process.env);
  } catch (error) {
    throw error instanceof InvalidGateway ? new CliError('usage', error.message) : error;
  }
}
