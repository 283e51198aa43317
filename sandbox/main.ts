import { Command, InvalidArgumentError } from 'commander';
import { ControlServer } from './control/control-server.ts';
import { createFirstCredential, type FirstCredential } from './demonstration/first-credential.ts';
import {
  AWS_FAULTS,
  type FaultRule,
  FUNCTION_FAULTS,
  GENESYS_FAULTS,
  InvalidFault,
} from './faults/fault-rule.ts';
import { FAULT_SYNTAX, parseFault } from './faults/fault-text.ts';
import { Sandbox } from './sandbox.ts';

/** `npm run sandbox`: the sandbox, kept up until SIGINT or SIGTERM. */

interface Options {
  readonly port?: number;
  readonly controlPort?: number;
  readonly fault?: readonly FaultRule[];
  readonly seed?: number;
  readonly json?: true;
}

const FAULT_HELP = `
Faults are written ${FAULT_SYNTAX}, e.g.
  --fault secretsmanager:PutSecretValue=throttled,nth=2 --fault 'genesys:*=server-error,share=0.05'
on a call of AWS (secretsmanager:PutSecretValue, kms:*, …): ${AWS_FAULTS.join(', ')};
on a function (lambda:refresh, …): ${FUNCTION_FAULTS.join(', ')};
on Genesys Cloud (genesys:token, genesys:users/me, …): ${GENESYS_FAULTS.join(', ')}.
They begin when the first credential has been stored.`;

const program = new Command('npm run sandbox --')
  .description('Serves the synthesised stack on an emulated AWS, and Genesys Cloud beside it, until Ctrl-C.')
  .option('--port <number>', 'port of the AWS endpoint on 127.0.0.1; any free one if left out', parsePort)
  .option(
    '--control-port <number>',
    'port of the control API on 127.0.0.1; any free one if left out',
    parsePort,
  )
  .option(
    '--fault <rule>',
    'lets something go wrong, see below; may be given more than once',
    collectFault,
    [],
  )
  .option('--seed <number>', 'for the faults with a share and for the jitter of Step Functions', parseSeed)
  .option('--json', 'print one JSON line when ready')
  .addHelpText('after', FAULT_HELP)
  .addHelpText('after', '\nExit codes: 0 stopped, 1 could not start, 130 stopped at once by a second Ctrl-C.')
  .parse();
const { port, controlPort, fault: faults = [], seed, json } = program.opts<Options>();

try {
  const sandbox = await Sandbox.start({
    ...(port !== undefined && { port }),
    ...(seed !== undefined && { seed }),
  });
  const control = new ControlServer(sandbox);
  const close = async (): Promise<void> => {
    await Promise.all([control.close(), sandbox.close()]);
  };
  stopOnSignal(close);
  try {
    await control.listen(controlPort);
    await announce(sandbox, control);
  } catch (error) {
    await close();
    throw error;
  }
} catch (error) {
  process.stderr.write(`${startFailure(error)}\n`);
  process.exitCode = 1;
}

/** Fills the sandbox with a credential that is due for its first rotation, and says that it is ready. */
async function announce(sandbox: Sandbox, control: ControlServer): Promise<void> {
  const credential = await createFirstCredential(sandbox);
  sandbox.secretsManager.enableRotation(credential.secretArn, sandbox.rotationFunctionArn, {
    ScheduleExpression: 'rate(8 hours)',
    Duration: '1h',
  });
  for (const rule of faults) sandbox.faults.add(rule);
  const message = readyMessage(sandbox, control, credential);
  process.stdout.write(json === true ? `${JSON.stringify(message)}\n` : readyText(message));
}

function parsePort(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number;
  throw new InvalidArgumentError('It is a whole number from 1 to 65535.');
}

function parseSeed(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number)) return number;
  throw new InvalidArgumentError('It is a whole number.');
}

function collectFault(text: string, former: readonly FaultRule[] = []): readonly FaultRule[] {
  try {
    return [...former, parseFault(text)];
  } catch (error) {
    if (error instanceof InvalidFault) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      process.stderr.write('Stopped at once.\n');
      process.exit(130);
    }
    stopping = true;
    void close();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** What a program needs to work with the sandbox. */
function readyMessage(sandbox: Sandbox, control: ControlServer, credential: FirstCredential) {
  const { operator, account, genesysCloud } = sandbox;
  const { clientId, clientSecret, redirectUri, userName, password } = credential;
  return {
    aws: {
      endpoint: sandbox.awsUrl,
      region: account.region,
      accessKeyId: operator.accessKeyId,
      secretAccessKey: operator.secretAccessKey,
    },
    genesys: {
      loginUrl: genesysCloud.loginUrl,
      apiUrl: genesysCloud.apiUrl,
      region: 'mypurecloud.com',
      clientId,
      clientSecret,
      redirectUri,
      userName,
      password,
    },
    control: { url: control.url },
    secretId: credential.secretArn,
    stateMachineArn: sandbox.stateMachineArn,
    rotationFunctionArn: sandbox.rotationFunctionArn,
  };
}

function readyText({
  aws,
  genesys,
  control,
  secretId,
  stateMachineArn,
}: ReturnType<typeof readyMessage>): string {
  return `The sandbox is up. In another terminal:

  export AWS_ENDPOINT_URL=${aws.endpoint} AWS_REGION=${aws.region} AWS_DEFAULT_REGION=${aws.region}
  export AWS_ACCESS_KEY_ID=${aws.accessKeyId} AWS_SECRET_ACCESS_KEY=${aws.secretAccessKey}
  aws secretsmanager rotate-secret --secret-id ${secretId}
  aws stepfunctions list-executions --state-machine-arn ${stateMachineArn}

Genesys Cloud: ${genesys.loginUrl} (user ${genesys.userName}, password ${genesys.password})
Control: ${control.url} (/faults, /injected, /clock, /clock/advance, /rotation-events)
Ctrl-C ends it.
`;
}

function startFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error) || error.code !== 'EADDRINUSE') return error.message;
  const taken = 'port' in error ? error.port : undefined;
  const option = taken === controlPort && taken !== port ? '--control-port' : '--port';
  return `Port ${taken} is in use; choose another one with ${option}, or leave it out.`;
}
