import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, inject, it, onTestFinished } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { release } from '../../infra/release/release.ts';
import { freePort } from '../cli/authorize-world.ts';
import { pythonProgram } from './installed.ts';
import { startMinistack } from './ministack.ts';

const run = promisify(execFile);

const SCRIPT = fileURLToPath(new URL('deploy_release.py', import.meta.url));
const OVERDUE_CHECK = 'genesys-token-rotation-overdue-check';
const VARIABLES = {
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

/** ministack does not support rotation schedules. */
function withoutSchedules(template: Buffer): string {
  return JSON.stringify(
    JSON.parse(template.toString(), (key, value) =>
      key === 'Resources'
        ? Object.fromEntries(
            Object.entries<{ Type: string }>(value).filter(
              ([, { Type }]) => Type !== 'AWS::SecretsManager::RotationSchedule',
            ),
          )
        : value,
    ),
  );
}

it('a release deploys to ministack with CloudFormation alone, and applies changed parameters', async () => {
  const directory = await mkdtemp(join(inject('scratchDirectory'), 'release-'));
  const { directory: bundles } = await bundleFunctions(join(directory, 'bundles'));
  const files = await mkdtemp(join(directory, 'files-'));
  for (const [name, content] of Object.entries(release(bundles))) {
    await writeFile(join(files, name), name === 'template.json' ? withoutSchedules(content) : content);
  }
  const port = await freePort();
  const AWS_ENDPOINT_URL = `http://127.0.0.1:${port}`;
  const ministack = await startMinistack(port, { ...VARIABLES, AWS_ENDPOINT_URL }, directory);
  onTestFinished(ministack.close);
  const lambda = new LambdaClient({
    endpoint: ministack.url,
    region: VARIABLES.AWS_REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const deploy = async (...parameters: readonly string[]): Promise<Record<string, string>> => {
    const { stdout } = await run(
      pythonProgram('python'),
      [SCRIPT, files, 'SecretName=crm/genesys', 'PublishAccessTokens=true', 'Alarms=false', ...parameters],
      { env: { ...process.env, ...VARIABLES, AWS_ENDPOINT_URL } },
    );
    return JSON.parse(stdout);
  };
  const longestGapHours = async (): Promise<string | undefined> => {
    const { Environment } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: OVERDUE_CHECK }),
    );
    return Environment?.Variables?.MAX_GAP_HOURS;
  };

  const outputs = await deploy();
  const gaps = [await longestGapHours()];
  await deploy('RotationInterval=12h', 'RotationWindow=4h');
  gaps.push(await longestGapHours());
  const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: OVERDUE_CHECK }));

  expect(outputs.SecretArns).toContain('crm/genesys');
  expect(gaps).toEqual(['9', '16']);
  expect(FunctionError).toBeUndefined();
  expect(JSON.parse(Payload?.transformToString() ?? '')).toMatchObject({ overdue: expect.any(Number) });
});
