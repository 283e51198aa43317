import { describe, expect, it } from 'vitest';
import { DEFAULT_HOST, GENESYS_HOSTS, genesysHost } from '../../../../functions/shared/genesys/regions.ts';

const PUBLISHED = [
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
] as const;

describe('regions', () => {
  it.each(PUBLISHED)('finds the host of the AWS region %s: %s', (region, host) => {
    expect(genesysHost(region)).toBe(host);
  });

  it.each(PUBLISHED)('accepts the host of %s: %s', (_region, host) => {
    expect(genesysHost(host)).toBe(host);
  });

  it('lists exactly the published hosts', () => {
    expect(GENESYS_HOSTS).toEqual(PUBLISHED.map(([, host]) => host));
  });

  it('defaults to the first region', () => {
    expect(DEFAULT_HOST).toBe('mypurecloud.com');
  });

  it.each([' EU-CENTRAL-1 ', 'MyPureCloud.DE', '\tmypurecloud.de\n'])(
    'ignores the case and surrounding white space of %j',
    region => {
      expect(genesysHost(region)).toBe('mypurecloud.de');
    },
  );

  it.each([
    '',
    'eu-central-9',
    'login.mypurecloud.de',
    'https://mypurecloud.de',
    'mypurecloud.de.evil.example',
    'evil.example/mypurecloud.de',
    'mypurecloud.de:8443',
    'constructor',
  ])('finds no host for %j, which is not on the list', region => {
    expect(genesysHost(region)).toBeUndefined();
  });
});
