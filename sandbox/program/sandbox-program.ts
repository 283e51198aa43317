import { Command, Option } from 'commander';
import { openBrowser } from '../../cli/shared/open-browser.ts';
import { buildPage } from '../console/build-page.ts';
import { consoleServer } from '../console/console-server.ts';
import type { ControlServer } from '../control/control-server.ts';
import {
  AWS_FAULTS,
  type FaultRule,
  FUNCTION_FAULTS,
  GENESYS_FAULTS,
  ITEM_WRITE_FAULTS,
  KEY_FAULTS,
  NAMED_REFUSAL,
} from '../faults/fault-rule.ts';
import { FAULT_SYNTAX } from '../faults/fault-text.ts';
import { createFirstCredential } from '../first-credential.ts';
import { Sandbox } from '../sandbox.ts';
import { removeLeftovers } from '../temporary-folders.ts';
import { collectFault, parseInteger, parsePort } from './option-values.ts';
import { readyMessage, readyText } from './ready-message.ts';
import { stopOnSignal } from './stop-on-signal.ts';

/** The program that `npm run sandbox` runs. */

interface Options {
  readonly port?: number;
  readonly controlPort?: number;
  readonly open?: true;
  readonly fault?: readonly FaultRule[];
  readonly seed?: number;
  readonly json?: true;
}

const FAULT_HELP = `
Syntax of faults: ${FAULT_SYNTAX}. Examples:
  --fault secretsmanager:PutSecretValue=throttled,nth=2 --fault 'genesys:*=server-error,share=0.05'
AWS calls (secretsmanager:PutSecretValue, kms:*, …): ${AWS_FAULTS.join(', ')},
  ${NAMED_REFUSAL} (with the error's name, e.g. error=InvalidRequestException);
DynamoDB writes (dynamodb:TransactWriteItems, …), also: ${ITEM_WRITE_FAULTS.join(', ')};
calls that use a KMS key (secretsmanager:GetSecretValue, kms:Decrypt, …), also: ${KEY_FAULTS.join(', ')};
functions (lambda:refresh, …): ${FUNCTION_FAULTS.join(', ')};
Genesys Cloud (genesys:token, genesys:users/me, …): ${GENESYS_FAULTS.join(', ')}.
Faults apply after the first credential has been stored.`;

const program = new Command('npm run sandbox --')
  .description(
    'Runs the synthesised stack on an emulated AWS, with Genesys Cloud and the console, until Ctrl-C.',
  )
  .option('--port <number>', 'port of the AWS endpoint on 127.0.0.1 (default: any free port)', parsePort)
  .option(
    '--control-port <number>',
    'port of the console and the control API on 127.0.0.1 (default: any free port)',
    parsePort,
  )
  .addOption(new Option('--open', 'open the console in the browser').conflicts('json'))
  .option('--fault <rule>', 'inject a fault, see below; can be repeated', collectFault, [])
  .option(
    '--seed <number>',
    'seed for faults with a share and for the jitter of Step Functions',
    parseInteger,
  )
  .option('--json', 'print one JSON line when ready')
  .addHelpText('after', FAULT_HELP)
  .addHelpText('after', '\nExit codes: 0 stopped, 1 could not start, 130 after a second Ctrl-C.')
  .parse();
const { port, controlPort, open, fault: faults = [], seed, json } = program.opts<Options>();

try {
  removeLeftovers();
  const pageFolder = await buildPage();
  const sandbox = await Sandbox.start({ port, seed });
  const { server } = consoleServer(sandbox, pageFolder);
  const close = async (): Promise<void> => {
    await Promise.all([server.close(), sandbox.close()]);
  };
  stopOnSignal(() => void close());
  try {
    await server.listen(controlPort);
    await announce(sandbox, server);
  } catch (error) {
    await close();
    throw error;
  }
} catch (error) {
  process.stderr.write(`${startFailure(error)}\n`);
  process.exitCode = 1;
}

/** Creates a credential with a rotation schedule, and reports that the sandbox is ready. */
async function announce(sandbox: Sandbox, server: ControlServer): Promise<void> {
  const credential = await createFirstCredential(sandbox);
  sandbox.secretsManager.enableRotation(credential.secretArn, sandbox.rotationFunctionArn, {
    ScheduleExpression: 'rate(8 hours)',
    Duration: '1h',
  });
  for (const rule of faults) sandbox.faults.add(rule);
  const message = readyMessage(sandbox, server, credential);
  process.stdout.write(json === true ? `${JSON.stringify(message)}\n` : readyText(message));
  if (open === true) await openBrowser(server.oneTimeUrl(), text => void process.stdout.write(`${text}\n`));
}

function startFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error) || error.code !== 'EADDRINUSE') return error.message;
  const taken = 'port' in error ? error.port : undefined;
  const option = taken === controlPort && taken !== port ? '--control-port' : '--port';
  return `Port ${taken} is in use. Choose another one with ${option}, or omit it.`;
}
