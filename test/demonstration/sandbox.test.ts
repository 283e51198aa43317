import { once } from 'node:events';
import { readdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import type { AccessKey } from '../../sandbox/aws/identities.ts';
import { type CodeGrant, logIn } from '../../sandbox/genesys-cloud/browser.ts';
import { childrenOf, isAlive } from './processes.ts';
import { emptyFolder, Program } from './project.ts';

type Sdk = typeof import('purecloud-platform-client-v2');

/** What the sandbox prints about Genesys Cloud. */
interface GenesysAddress extends CodeGrant {
  readonly apiUrl: string;
}

/** A folder that contains the synthesised stack. */
function builtProject(): string {
  const folder = emptyFolder();
  symlinkSync(inject('assemblyDirectory'), path.join(folder, 'cdk.out'));
  return folder;
}

/** A server on a free port of 127.0.0.1. */
async function listener() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  onTestFinished(close);
  return { port: String(address.port), close };
}

/** The configuration of an AWS SDK client, from the line that the sandbox prints. */
function clientConfig({ aws }: { aws: { endpoint: string; region: string } & AccessKey }) {
  const { endpoint, region, ...credentials } = aws;
  return { endpoint, region, credentials };
}

/** Genesys Cloud's SDK with a private gateway. Once loaded, it reads and watches a file in the home folder. */
function genesysSdk({ loginUrl, apiUrl }: GenesysAddress): Sdk {
  vi.stubEnv('HOME', emptyFolder());
  const sdk = createRequire(import.meta.url)('purecloud-platform-client-v2') as Sdk;
  vi.unstubAllEnvs();
  const { ApiClient } = sdk;
  onTestFinished(() => ApiClient.instance.config.setConfigPath(''));
  const login = new URL(loginUrl);
  ApiClient.instance.setGateway({
    host: login.hostname,
    protocol: 'http',
    port: Number(login.port),
    path_params_login: login.pathname,
    path_params_api: new URL(apiUrl).pathname,
  });
  return sdk;
}

/** Logs in like a user, and lets Genesys Cloud's SDK exchange the code. */
async function logInWithSdk(sdk: Sdk, genesys: GenesysAddress) {
  const { loginUrl, clientId, clientSecret, redirectUri, userName, password } = genesys;
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
  });
  const { code } = await logIn({ authorizeUrl: `${loginUrl}/oauth/authorize?${query}`, userName, password });
  return await sdk.ApiClient.instance.loginCodeAuthorizationGrant(clientId, clientSecret, code, redirectUri);
}

describe('npm run sandbox', () => {
  it('serves the AWS SDK and the Genesys Cloud SDK at the addresses that it prints', async () => {
    const { port, close } = await listener();
    await close();
    const program = new Program('sandbox/main.ts', ['--json', '--port', port], { cwd: builtProject() });
    const ready = JSON.parse(await program.ready());
    const secrets = new SecretsManagerClient(clientConfig(ready));
    const stepFunctions = new SFNClient(clientConfig(ready));
    const sdk = genesysSdk(ready.genesys);

    const { VersionId } = await secrets.send(new RotateSecretCommand({ SecretId: ready.secretId }));
    const current = await vi.waitFor(
      async () => {
        const value = await secrets.send(new GetSecretValueCommand({ SecretId: ready.secretId }));
        expect(value.VersionId).toBe(VersionId);
        return JSON.parse(value.SecretString ?? '');
      },
      { timeout: 20_000, interval: 100 },
    );
    const described = await secrets.send(new DescribeSecretCommand({ SecretId: ready.secretId }));
    const { executions } = await stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn: ready.stateMachineArn }),
    );
    sdk.ApiClient.instance.setAccessToken(current.accessToken);
    const user = await new sdk.UsersApi().getUsersMe();
    const login = await logInWithSdk(sdk, ready.genesys);
    program.signal('SIGTERM');
    const { exitCode, stdout, stderr } = await program.ended;

    expect(ready.aws.endpoint).toBe(`http://127.0.0.1:${port}`);
    expect(described).toMatchObject({ RotationLambdaARN: ready.rotationFunctionArn });
    expect(executions).toHaveLength(1);
    expect(user.email).toBe(ready.genesys.userName);
    expect(login.accessToken).toMatch(/^[\w-]{86}$/);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  /** The sandbox in the middle of a rotation, with the processes of its functions. */
  async function rotating(env: Readonly<Record<string, string>> = {}) {
    const program = new Program('sandbox/main.ts', ['--json'], { cwd: builtProject(), env });
    const ready = JSON.parse(await program.ready());
    const secrets = new SecretsManagerClient(clientConfig(ready));
    await secrets.send(new RotateSecretCommand({ SecretId: ready.secretId }));
    const functionProcesses = await vi.waitFor(
      () => {
        const children = childrenOf(program.pid);
        expect(children.length).toBeGreaterThanOrEqual(2);
        return children;
      },
      { timeout: 10_000, interval: 50 },
    );
    return { program, functionProcesses };
  }

  it('exits on SIGINT in the middle of a rotation, and leaves no process behind', async () => {
    const { program, functionProcesses } = await rotating();

    program.signal('SIGINT');
    const { exitCode, stderr } = await program.ended;

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    // A process may need a moment to notice that its parent has exited.
    await vi.waitFor(() => expect(functionProcesses.filter(isAlive)).toEqual([]), 5_000);
  });

  it('exits immediately on a second signal', async () => {
    const { program } = await rotating();

    // Both signals arrive while the program is stopped, so the first has no time to end it. The second is not SIGINT,
    // because the operating system merges identical pending signals.
    program.signal('SIGSTOP');
    program.signal('SIGINT');
    program.signal('SIGTERM');
    program.signal('SIGCONT');
    const { exitCode, stderr } = await program.ended;

    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: 'Exited immediately.\n' });
  });

  it('removes its own temporary files and those of a killed sandbox', async () => {
    const TMPDIR = emptyFolder();
    const { program: killed } = await rotating({ TMPDIR });
    killed.signal('SIGKILL');
    await killed.ended;
    const left = readdirSync(TMPDIR);

    const next = new Program('sandbox/main.ts', ['--json'], { cwd: builtProject(), env: { TMPDIR } });
    await next.ready();
    const filesWhileRunning = readdirSync(TMPDIR);
    next.signal('SIGTERM');
    await next.ended;

    expect(left.length).toBeGreaterThan(0);
    expect(filesWhileRunning.filter(name => left.includes(name))).toEqual([]);
    expect(readdirSync(TMPDIR)).toEqual([]);
  });

  it('prints instructions without --json', async () => {
    const program = new Program('sandbox/main.ts', [], { cwd: builtProject() });
    await program.ready();

    program.signal('SIGTERM');
    const { exitCode, stdout, stderr } = await program.ended;

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^ {2}http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/m);
    expect(stdout).toMatch(/^ {2}with the header Authorization: Bearer [\w-]{43}$/m);
    // Version 1 of the AWS CLI knows only the second name of the region.
    expect(stdout).toMatch(
      /^ {2}export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+ AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1$/m,
    );
    expect(stdout).toMatch(/^ {2}export AWS_ACCESS_KEY_ID=AKIA\w{16} AWS_SECRET_ACCESS_KEY=\S{40}$/m);
    expect(stdout).toMatch(/^ {2}export GENESYS_LOGIN_URL=http:\/\/127\.0\.0\.1:\d+\/\S+$/m);
    expect(stdout).toMatch(/^ {2}export GENESYS_API_URL=http:\/\/127\.0\.0\.1:\d+\/\S+$/m);
    expect(stdout).toMatch(/^ {2}npm run cli -- rotate genesys\/demo$/m);
  });

  it('exits with 1 and one line when the port is in use', async () => {
    const { port } = await listener();

    const program = new Program('sandbox/main.ts', ['--port', port], { cwd: builtProject() });

    expect(await program.ended).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `Port ${port} is in use. Choose another one with --port, or omit it.\n`,
    });
  });

  it('exits with 1 and one line when the stack has not been synthesised', async () => {
    const program = new Program('sandbox/main.ts', ['--json'], { cwd: emptyFolder() });

    const { exitCode, stdout, stderr } = await program.ended;

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^[^\n]*npm run synth[^\n]*\n$/);
  });

  it.each(['0', '65536', '4566.5', 'http'])('exits with 1 and one line for --port %s', async port => {
    const program = new Program('sandbox/main.ts', ['--port', port], { cwd: builtProject() });

    const { exitCode, stdout, stderr } = await program.ended;

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^[^\n]*--port[^\n]*Use a whole number from 1 to 65535\.\n$/);
  });
});
