import type { Command } from 'commander';
import { CliError } from '../shared/cli-error.ts';
import { type Context, contextOf, type Surroundings } from '../shared/context.ts';
import { gatewayUrls } from '../shared/gateway.ts';
import { exampleHelp, exitCodesHelp } from '../shared/help-text.ts';
import { untilInterrupted } from '../shared/interruption.ts';
import { diagnosisClients } from './clients.ts';
import { diagnose } from './diagnose.ts';
import { diagnosisResult, printStep, verdictOf } from './report.ts';

const DESCRIPTION = [
  'Walks the whole chain that a rotation of the secret needs, from your own identity to Genesys Cloud, and says the first thing that is wrong and how to mend it. It reads only and presents no refresh token.',
  'Whether the roles may make every call of a rotation, IAM is asked; your identity needs iam:SimulatePrincipalPolicy for that. The policies of keys are no part of the answer.',
  'With --test, and when all else is well, Secrets Manager tests the configuration (RotateSecret with RotateImmediately=false): the rotation function, fetch and verify run with their own permissions, spend nothing, and change nothing. The schedule stays, but Secrets Manager plans the next rotation anew.',
].join('\n\n');

/** Declares `diagnose`. */
export function addDiagnose(program: Command, surroundings: Surroundings): void {
  program
    .command('diagnose')
    .summary('what is wrong with a credential, and the fix')
    .description(DESCRIPTION)
    .argument('<secret>', 'name or ARN of the secret')
    .option('--test', 'let Secrets Manager test the configuration at the end')
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
      const context = contextOf(command, surroundings);
      await untilInterrupted(surroundings.signal, () => report(context, secretId, test));
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
  if (verdict.ending !== 'done') throw new CliError(verdict.ending);
}
