import type { Command } from 'commander';
import { mapBounded } from '../shared/bounded.ts';
import { type Context, contextOf, type ProgramIo } from '../shared/context.ts';
import { executionsOf } from '../shared/executions.ts';
import { exampleHelp, exitCodesHelp } from '../shared/help-text.ts';
import { untilInterrupted } from '../shared/interruption.ts';
import { numberArgument } from '../shared/number-argument.ts';
import { findSecret } from '../shared/secrets.ts';
import { readPastRotation } from './past-rotation.ts';
import { historyResult, printHistory } from './report.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 1_000;

const DESCRIPTION = [
  'Shows past rotations of a secret, newest first: start, duration, result, each failure with its state and error, and the number of redrives. AWS keeps closed executions for 90 days.',
  'The token gap is the time from when Genesys Cloud issues the tokens until AWSCURRENT moves. During this time consumers may hold an access token that no longer works.',
].join('\n\n');

/** Declares `history`. */
export function addHistory(program: Command, io: ProgramIo): void {
  program
    .command('history')
    .summary('show past rotations of a secret')
    .description(DESCRIPTION)
    .argument('<secret>', 'name or ARN of the secret')
    .option(
      '--limit <count>',
      `number of rotations, 1 to ${MAX_LIMIT}`,
      numberArgument('number', MAX_LIMIT),
      DEFAULT_LIMIT,
    )
    .addHelpText(
      'after',
      exampleHelp('history genesys/voicemail', 'history genesys/voicemail --limit 50 --json'),
    )
    .addHelpText('after', exitCodesHelp('done', 'failed', 'usage', 'interrupted'))
    .action(async (secretId: string, { limit }: { limit: number }, command: Command) => {
      const context = contextOf(command, io);
      await untilInterrupted(io.signal, () => history(context, secretId, limit));
    });
}

async function history(context: Context, secretId: string, limit: number): Promise<void> {
  const { terminal, aws } = context;
  const deployment = await context.deployment();
  const secret = await findSecret(aws, deployment, secretId);
  terminal.note(`Reading the rotations of ${secret.name} …`);
  const executions = await executionsOf(secret, aws.stepFunctions, deployment.stateMachineArn, limit);
  const rotations = await mapBounded(executions, execution => readPastRotation(aws.stepFunctions, execution));

  terminal.result({ secret: secret.name, arn: secret.arn, rotations: historyResult(rotations) });
  if (rotations.length === 0) terminal.line(`${secret.name} has not been rotated in the last 90 days.`);
  else printHistory(rotations, terminal);
}
