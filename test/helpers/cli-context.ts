import { PassThrough, Writable } from 'node:stream';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from '../../cli/shared/context.ts';
import { Terminal } from '../../cli/shared/terminal.ts';
import { commandLine } from '../../functions/shared/output/command-line.ts';
import { STATE_MACHINE_ARN } from './execution-description.ts';
import { ROTATION_FUNCTION_ARN } from './secret.ts';

/** The program's default deployment. */
const DEPLOYMENT = {
  name: 'genesys-token-rotation',
  rotationFunctionArn: ROTATION_FUNCTION_ARN,
  stateMachineArn: STATE_MACHINE_ARN,
  schedule: { expression: 'rate(8 hours)', window: '1h', longestGapHours: 9 },
};

/** A command's context with mocked AWS clients, and the command's output so far. */
export function cliContext() {
  const written = { out: '', err: '' };
  const output = (name: keyof typeof written): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk);
        done();
      },
    });
  const streams = { in: new PassThrough(), out: output('out'), err: output('err') };
  const context: Context = {
    terminal: new Terminal(streams, { json: false, colour: false }),
    aws: {
      secrets: new SecretsManagerClient(),
      stepFunctions: new SFNClient(),
      lambda: new LambdaClient(),
    },
    command: commandLine({ stack: 'crm-rotation' }),
    deployment: async () => DEPLOYMENT,
    signal: new AbortController().signal,
  };
  return { context, written };
}
