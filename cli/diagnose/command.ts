import type { Command } from 'commander';
import { CliError } from '../shared/cli-error.ts';
import { type Context, contextOf, type ProgramIo } from '../shared/context.ts';
import { gatewayUrls } from '../shared/gateway.ts';
import { exampleHelp, exitCodesHelp } from '../shared/help-text.ts';
import { untilInterrupted } from '../shared/interruption.ts';
import { diagnosisClients } from './clients.ts';
import { diagnose } from './diagnose.ts';
import { diagnosisResult, printStep, verdictOf } from './report.ts';

const DESCRIPTION = [
  'Checks everything that a rotation of the secret needs, from your own identity to Genesys Cloud, and reports the first problem and its fix. It only reads, and never presents a refresh token.',
  'Checks role permissions with the IAM policy simulator; your identity needs iam:SimulatePrincipalPolicy. The simulator does not consider key policies.',
  'Also checks that no other secret holds the same login, using the refresh journal (dynamodb:GetItem) and those secrets of the deployment that you may read.',
  'With --test, if all other checks pass, Secrets Manager tests the configuration (RotateSecret with RotateImmediately=false): the rotation function, fetch and verify run with their own permissions, spend nothing and change nothing. The schedule stays the same, but Secrets Manager sets a new date for the next rotation.',
].join('\n\n');

/** Declares `diagnose`. */
export function addDiagnose(program: Command, io: ProgramIo): void {
  program
    .command('diagnose')
    .summary('find out what is wrong with a credential')
    .description(DESCRIPTION)
    .argument('<secret>', 'name or ARN of the secret')
    .option('--test', 'also test the configuration with Secrets Manager')
    .addHelpText(
      'after',
      exampleHelp(
        'diagnose genesys/voicemail',
        'diagnose genesys/voicemail --test',
        'diagnose genesys/voicemail --json',
      ),
    )
    .addHelpText('after', exitCodesHelp('done', 'failed', 'usage', 'unhealthy', 'interrupted'))
    .action(async (secretId: string, { test = false }: { test?: boolean }, command: Command) => {
      const context = contextOf(command, io);
      await untilInterrupted(io.signal, () => report(context, secretId, test));
    });
}

async function report(context: Context, secretId: string, test: boolean): Promise<void> {
  const { terminal, command, signal } = context;
  const results = await diagnose(
    { secretId, test },
    {
      clients: diagnosisClients(context.aws),
      findDeployment: context.deployment,
      genesysUrlsOf: gatewayUrls(),
      command,
      now: () => new Date(),
      signal,
      onResult: result => printStep(result, terminal),
    },
  );
  const verdict = verdictOf(results, secretId, command);
  terminal.result(diagnosisResult(secretId, results, verdict));
  terminal.line();
  terminal.line(verdict.text);
  if (verdict.exitReason !== 'done') throw new CliError(verdict.exitReason);
}
