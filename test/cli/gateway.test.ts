import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { runCli } from '../helpers/cli.ts';
import { cliEnvironment } from '../helpers/cli-environment.ts';
import { startSandbox } from '../helpers/sandbox.ts';

describe('the gateway in the environment', () => {
  it.each([
    ['status --verify', 'GENESYS_LOGIN_URL'],
    ['status --verify', 'GENESYS_API_URL'],
    ['diagnose genesys/demo', 'GENESYS_LOGIN_URL'],
    ['diagnose genesys/demo', 'GENESYS_API_URL'],
    ['authorize genesys/demo --yes', 'GENESYS_LOGIN_URL'],
    ['authorize genesys/demo --yes', 'GENESYS_API_URL'],
    ['redrive --all', 'GENESYS_LOGIN_URL'],
    ['redrive --all', 'GENESYS_API_URL'],
  ])('%s is invalid usage when %s is not encrypted', async (command, variable) => {
    const { sandbox, credential } = await startSandbox();
    await credential();

    const { exitCode, stderr } = await runCli(sandbox, command.split(' '), {
      env: { ...cliEnvironment(sandbox), [variable]: 'http://gateway.example/{host}' },
    });

    expect(exitCode).toBe(EXIT_CODES.usage.code);
    expect(stderr).toContain(`${variable} is not an https URL`);
  });
});
