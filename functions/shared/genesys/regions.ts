/**
 * Genesys Cloud's hosts by the AWS region that each runs in. Only these are ever called, because the client secret
 * is sent there.
 *
 * @see Genesys Cloud Developer Center, "AWS regions" (the list that the vendor's SDK ships as PureCloudRegionHosts)
 */
const HOST_BY_AWS_REGION: ReadonlyMap<string, string> = new Map([
  ['us-east-1', 'mypurecloud.com'],
  ['us-east-2', 'use2.us-gov-pure.cloud'],
  ['us-west-2', 'usw2.pure.cloud'],
  ['ca-central-1', 'cac1.pure.cloud'],
  ['mx-central-1', 'mxc1.pure.cloud'],
  ['sa-east-1', 'sae1.pure.cloud'],
  ['eu-west-1', 'mypurecloud.ie'],
  ['eu-west-2', 'euw2.pure.cloud'],
  ['eu-central-1', 'mypurecloud.de'],
  ['eu-central-2', 'euc2.pure.cloud'],
  ['eusc-de-east-1', 'edee1.eusc-pure.cloud'],
  ['me-central-1', 'mec1.pure.cloud'],
  ['ap-northeast-1', 'mypurecloud.jp'],
  ['ap-northeast-2', 'apne2.pure.cloud'],
  ['ap-northeast-3', 'apne3.pure.cloud'],
  ['ap-south-1', 'aps1.pure.cloud'],
  ['ap-southeast-1', 'apse1.pure.cloud'],
  ['ap-southeast-2', 'mypurecloud.com.au'],
]);

/** The host of a credential that names no region. */
export const DEFAULT_HOST = 'mypurecloud.com';

/** Every Genesys Cloud host, in the order of the published list. */
export const GENESYS_HOSTS: readonly string[] = [...HOST_BY_AWS_REGION.values()];

/** The Genesys Cloud host for a host or AWS region name, ignoring case; undefined when it is not on the list. */
export function genesysHost(region: string): string | undefined {
  const name = region.trim().toLowerCase();
  return HOST_BY_AWS_REGION.get(name) ?? GENESYS_HOSTS.find(host => host === name);
}
