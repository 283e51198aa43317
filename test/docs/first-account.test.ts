import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { parseFault } from '../../sandbox/faults/fault-text.ts';
import { authorizeWorld, LOGIN_ADDRESS, SECRET } from '../cli/authorize-world.ts';
import { startCli } from '../helpers/cli-session.ts';
import { skipRetryDelays } from '../helpers/retry-delays.ts';
import { commandsWithOutput, missingIn } from './first-account.ts';

describe('docs/first-account.md', () => {
  it('has commands that print the documented output, except those that the sandbox does not emulate', {
    timeout: 240_000,
  }, async () => {
    const world = await authorizeWorld({ secretsManager: { retryDelaysMs: [] } });
    const { sandbox, secrets } = world;
    skipRetryDelays(sandbox);
    const skipped: string[] = [];
    const missing: string[] = [];

    for (const { command, expected } of commandsWithOutput()) {
      const cliArguments = /^genesys-token-rotation (.+)$/.exec(command)?.[1]?.split(' ');
      // Lambda refuses a function without concurrency as it refuses a throttled one.
      if (command.startsWith('aws lambda put-function-concurrency'))
        sandbox.faults.add(parseFault('lambda:verify=throttled'));
      else if (command.startsWith('aws lambda delete-function-concurrency')) sandbox.faults.clear();
      else if (command.startsWith('aws secretsmanager delete-secret'))
        await secrets.send(new DeleteSecretCommand({ SecretId: SECRET }));
      else if (cliArguments === undefined) skipped.push(command);
      else {
        await sandbox.secretsManager.rotationsIdle();
        const isLogin = cliArguments[0] === 'authorize';
        const { args, env } = world.newSecret(...cliArguments.slice(2), '--yes');
        const cli = isLogin ? startCli(world, args, { env }) : startCli(world, cliArguments);
        cli.endInput();
        if (isLogin) await world.logInThrough((await cli.seen(LOGIN_ADDRESS))[0]);
        const { stdout, stderr } = await cli.ended;
        missing.push(...missingIn(`${stdout}${stderr}`, expected));
      }
    }

    expect(missing).toEqual([]);
    expect(skipped).toEqual([
      'npx cdk bootstrap',
      'npm run deploy -- -c allSecrets=true -c removalPolicy=destroy',
    ]);
    expect(await world.describe()).toMatchObject({ DeletedDate: expect.any(Date) });
  });

  it('has ten commands', () => {
    expect(commandsWithOutput()).toHaveLength(10);
  });
});
