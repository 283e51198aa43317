import https from 'node:https';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FunctionName } from '../../infra/function-list.ts';
import { replacedModules } from '../../infra/replaced-modules.ts';
import { loadBundle, makeBundles } from '../helpers/bundles.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { SECRET_ARN, VERSION } from '../helpers/secret.ts';

const directory = await makeBundles();

/** Events with which functions call AWS at once. */
const EVENTS = {
  refresh: {
    secretArn: SECRET_ARN,
    versionId: VERSION,
    source: 'current',
    retryCount: 0,
    redriveCount: 0,
    execution: 'arn:execution',
    state: 'Refresh',
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

/** What Lambda sets, and what the functions need. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'tokens-refresh',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_SESSION_TOKEN: 'session',
  AWS_PROFILE: undefined,
  AWS_CONFIG_FILE: '/nonexistent',
  SEAL_KEY_ARN: 'arn:aws:kms:eu-central-1:111122223333:key/seal',
  TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:topic',
  FAILURES_TABLE: 'failures',
  ROTATION_FUNCTION_ARN: 'arn:aws:lambda:eu-central-1:111122223333:function:tokens-rotation',
};

function environment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

/** The requests that a function makes, none of which is answered. */
async function requestsOf(name: keyof typeof EVENTS): Promise<https.RequestOptions[]> {
  const requests: https.RequestOptions[] = [];
  vi.spyOn(https, 'request').mockImplementation((options: unknown) => {
    requests.push(options as https.RequestOptions);
    throw new Error('Nobody is called.');
  });
  await rejection(loadBundle(directory, name).handler(EVENTS[name], {}));
  return requests;
}

async function hostsOf(name: keyof typeof EVENTS): Promise<string[]> {
  return (await requestsOf(name)).map(({ host }) => String(host)).sort((a, b) => a.localeCompare(b));
}

describe('a bundle with replaced modules', () => {
  beforeEach(() => environment(ENVIRONMENT));
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    ['eu-central-1', 'kms.eu-central-1.amazonaws.com', 'secretsmanager.eu-central-1.amazonaws.com'],
    ['cn-north-1', 'kms.cn-north-1.amazonaws.com.cn', 'secretsmanager.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'kms.us-gov-west-1.amazonaws.com', 'secretsmanager.us-gov-west-1.amazonaws.com'],
    ['us-iso-east-1', 'kms.us-iso-east-1.c2s.ic.gov', 'secretsmanager.us-iso-east-1.c2s.ic.gov'],
  ])('calls the endpoints of %s', async (region, ...hosts) => {
    environment({ AWS_REGION: region });

    expect(await hostsOf('refresh')).toEqual(hosts);
  });

  it.each([
    ['eu-central-1', 'states.eu-central-1.amazonaws.com'],
    ['cn-north-1', 'states.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'states.us-gov-west-1.amazonaws.com'],
  ])('calls Step Functions of %s', async (region, host) => {
    environment({ AWS_REGION: region });

    expect(await hostsOf('notify')).toEqual([host]);
  });

  it('calls FIPS endpoints when the environment wants it', async () => {
    environment({ AWS_REGION: 'us-east-1', AWS_USE_FIPS_ENDPOINT: 'true' });

    expect(await hostsOf('refresh')).toEqual([
      'kms-fips.us-east-1.amazonaws.com',
      'secretsmanager-fips.us-east-1.amazonaws.com',
    ]);
  });

  // Those of Secrets Manager have the name of the others.
  it('calls dual-stack endpoints when the environment wants it', async () => {
    environment({ AWS_USE_DUALSTACK_ENDPOINT: 'true' });

    expect(await hostsOf('refresh')).toEqual([
      'kms.eu-central-1.api.aws',
      'secretsmanager.eu-central-1.amazonaws.com',
    ]);
  });

  it('calls the endpoints that the environment names, of all services and of one', async () => {
    environment({
      AWS_ENDPOINT_URL: 'https://all.example',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'https://secrets.example',
    });

    expect(await hostsOf('refresh')).toEqual(['all.example', 'secrets.example']);
  });

  it('signs with the credentials of the environment, and hands on the X-Ray trace', async () => {
    environment({ _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1' });

    const requests = await requestsOf('refresh');

    expect(requests).toHaveLength(2);
    for (const { headers } of requests) {
      expect(headers).toMatchObject({
        'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
        'x-amz-security-token': 'session',
        authorization: expect.stringContaining('Credential=AKIDEXAMPLE/'),
        'user-agent': expect.stringMatching(/api\/(kms|secrets-manager)#3\.\d+\.\d+ exec-env/),
      });
    }
  });

  it('says which variables are missing when the environment has no credentials', async () => {
    environment({ AWS_ACCESS_KEY_ID: undefined });

    const error = await rejection(loadBundle(directory, 'refresh').handler(EVENTS.refresh, {}));

    expect(error.message).toContain('AWS_ACCESS_KEY_ID');
    expect(error.message).toContain('infra/replaced-modules.ts');
  });
});

describe('replacedModules', () => {
  it('fails a build that has no use for a replacement, and names the module', async () => {
    const failure = await rejection(
      build({
        stdin: { contents: 'console.log(1)' },
        bundle: true,
        write: false,
        logLevel: 'silent',
        plugins: [replacedModules],
      }),
    );

    expect(failure.message).toContain('@aws-sdk/credential-provider-ini/dist-es/index.js is replaced');
  });

  it('fails a build that imports what a replacement has not', async () => {
    const failure = await rejection(
      build({
        stdin: {
          contents: "import { parse } from 'fetch-blob/from.js'; console.log(parse);",
          resolveDir: import.meta.dirname,
        },
        bundle: true,
        write: false,
        platform: 'node',
        format: 'esm',
        logLevel: 'silent',
        plugins: [replacedModules],
      }),
    );

    expect(failure.message).toContain('No matching export in');
  });
});
