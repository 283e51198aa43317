import https from 'node:https';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import type { FunctionName } from '../../infra/function-list.ts';
import { loadBundle, makeBundles } from '../helpers/bundles.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { SECRET_ARN, VERSION } from '../helpers/secret.ts';

const directory = await makeBundles();

/** A blob in the form of a sealed pair. */
const SEALED_PAIR = `v1.${Buffer.alloc(8).toString('base64url')}.${Buffer.alloc(12).toString('base64url')}.${Buffer.alloc(16).toString('base64url')}`;

/** Events that make a function call AWS first; store-pending calls KMS, Secrets Manager and DynamoDB in parallel. */
const EVENTS = {
  'store-pending': {
    secretArn: SECRET_ARN,
    versionId: VERSION,
    pair: {
      lineage: 'lineage',
      generation: 1,
      current: { lineage: 'lineage', generation: 0 },
      fingerprint: 'fingerprint',
      sealedPair: SEALED_PAIR,
    },
    sealedRotationToken: null,
    execution: 'arn:aws:states:eu-central-1:111122223333:execution:rotation:first',
    state: 'StorePending',
  },
  notify: {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    detail: {
      executionArn: 'arn:aws:states:eu-central-1:111122223333:execution:rotation:first',
      status: 'FAILED',
    },
  },
} as const satisfies Partial<Record<FunctionName, object>>;

/** The variables that Lambda sets, and those that the functions need. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'tokens-store-pending',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_SESSION_TOKEN: 'session',
  AWS_PROFILE: undefined,
  AWS_CONFIG_FILE: '/nonexistent',
  SEAL_KEY_ARN: 'arn:aws:kms:eu-central-1:111122223333:key/seal',
  JOURNAL_TABLE: 'journal',
  MAX_GAP_HOURS: '9',
  TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:topic',
  FAILURES_TABLE: 'failures',
  ROTATION_FUNCTION_ARN: 'arn:aws:lambda:eu-central-1:111122223333:function:tokens-rotation',
};

function environment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

/** The requests that a function makes, none of which gets a response. */
async function requestsOf(name: keyof typeof EVENTS): Promise<https.RequestOptions[]> {
  const requests: https.RequestOptions[] = [];
  vi.spyOn(https, 'request').mockImplementation((options: unknown) => {
    requests.push(options as https.RequestOptions);
    throw new Error('The test sends nothing.');
  });
  await rejection(loadBundle(directory, name).handler(EVENTS[name], {}));
  return requests;
}

async function hostsOf(name: keyof typeof EVENTS): Promise<string[]> {
  const hosts = (await requestsOf(name)).map(({ host }) => String(host));
  return [...new Set(hosts)].sort((a, b) => a.localeCompare(b));
}

describe('a bundle', () => {
  beforeEach(() => environment(ENVIRONMENT));
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    [
      'eu-central-1',
      'dynamodb.eu-central-1.amazonaws.com',
      'kms.eu-central-1.amazonaws.com',
      'secretsmanager.eu-central-1.amazonaws.com',
    ],
    [
      'cn-north-1',
      'dynamodb.cn-north-1.amazonaws.com.cn',
      'kms.cn-north-1.amazonaws.com.cn',
      'secretsmanager.cn-north-1.amazonaws.com.cn',
    ],
    [
      'us-gov-west-1',
      'dynamodb.us-gov-west-1.amazonaws.com',
      'kms.us-gov-west-1.amazonaws.com',
      'secretsmanager.us-gov-west-1.amazonaws.com',
    ],
    [
      'us-iso-east-1',
      'dynamodb.us-iso-east-1.c2s.ic.gov',
      'kms.us-iso-east-1.c2s.ic.gov',
      'secretsmanager.us-iso-east-1.c2s.ic.gov',
    ],
  ])('calls the endpoints of %s', async (region, ...hosts) => {
    environment({ AWS_REGION: region });

    expect(await hostsOf('store-pending')).toEqual(hosts);
  });

  it.each([
    ['eu-central-1', 'states.eu-central-1.amazonaws.com'],
    ['cn-north-1', 'states.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'states.us-gov-west-1.amazonaws.com'],
  ])('calls Step Functions of %s', async (region, host) => {
    environment({ AWS_REGION: region });

    expect(await hostsOf('notify')).toEqual([host]);
  });

  it('calls FIPS endpoints when the environment enables them', async () => {
    environment({ AWS_REGION: 'us-east-1', AWS_USE_FIPS_ENDPOINT: 'true' });

    expect(await hostsOf('store-pending')).toEqual([
      'dynamodb-fips.us-east-1.amazonaws.com',
      'kms-fips.us-east-1.amazonaws.com',
      'secretsmanager-fips.us-east-1.amazonaws.com',
    ]);
  });

  // The dual-stack endpoints of Secrets Manager have the usual names.
  it('calls dual-stack endpoints when the environment enables them', async () => {
    environment({ AWS_USE_DUALSTACK_ENDPOINT: 'true' });

    expect(await hostsOf('store-pending')).toEqual([
      'dynamodb.eu-central-1.api.aws',
      'kms.eu-central-1.api.aws',
      'secretsmanager.eu-central-1.amazonaws.com',
    ]);
  });

  it('calls the endpoints that the environment sets for all services and for one service', async () => {
    environment({
      AWS_ENDPOINT_URL: 'https://all.example',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'https://secrets.example',
    });

    expect(await hostsOf('store-pending')).toEqual(['all.example', 'secrets.example']);
  });

  it('signs with the credentials of the environment, and passes the X-Ray trace on', async () => {
    environment({ _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1' });

    const requests = await requestsOf('store-pending');

    // One to KMS, one to Secrets Manager, two to DynamoDB.
    expect(requests).toHaveLength(4);
    for (const { headers } of requests) {
      expect(headers).toMatchObject({
        'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
        'x-amz-security-token': 'session',
        authorization: expect.stringContaining('Credential=AKIDEXAMPLE/'),
        'user-agent': expect.stringMatching(/api\/(dynamodb|kms|secrets-manager)#3\.\d+\.\d+ exec-env/),
      });
    }
  });

  it('keeps the names of classes, which Lambda logs', async () => {
    const error = await rejection(loadBundle(directory, 'fetch').handler(null, {}));

    expect(error.constructor.name).toBe('InvalidRotationRequest');
  });

  it('does not contain packages that Lambda never loads', async () => {
    const { metafile } = await bundleFunctions();

    const packages = Object.keys(metafile.inputs).filter(input =>
      /credential-provider-(http|ini|process|sso|web-identity|imds)|web-streams-polyfill/.test(input),
    );
    expect(packages).toEqual([]);
  });
});
