import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { CLI } from '../helpers/cli-environment.ts';
import { startSandbox } from '../helpers/sandbox.ts';

describe('an AWS error', () => {
  it.each([
    ['no credentials', { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, /--profile/],
    ['no region', { AWS_REGION: undefined }, /--region/],
    ['an invalid region', { AWS_REGION: 'no region' }, /--region/],
    ['unknown credentials', { AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN' }, /get-caller-identity/],
    ['an endpoint without a server', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, /ECONNREFUSED/],
    ['an invalid endpoint', { AWS_ENDPOINT_URL: 'nonsense' }, /AWS_ENDPOINT_URL/],
  ])('is explained in one paragraph with advice: %s', async (_what, env, advice) => {
    const { sandbox } = await startSandbox();

    const { exitCode, stdout, stderr } = await runCli(sandbox, ['status'], { env });

    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(advice);
    expect(stderr).not.toContain(CLI);
  });

  it.each([
    ['access-denied', /lambda:GetFunctionConfiguration/],
    ['throttled', /in a minute/],
    ['server-error', /in a minute/],
  ] as const)('is explained in one paragraph with advice: %s', async (kind, advice) => {
    const { sandbox } = await startSandbox();
    sandbox.faults.add({ target: 'lambda:GetFunctionConfiguration', kind, by: 'operator' });

    const { exitCode, stderr } = await runCli(sandbox, ['status']);

    expect(exitCode).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(advice);
  });

  it('is reported for a deployment that does not exist', async () => {
    const { sandbox } = await startSandbox();

    const { exitCode, stderr } = await runCli(sandbox, ['status', '--stack', 'other']);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('There is no deployment other in region us-east-1');
  });
});
