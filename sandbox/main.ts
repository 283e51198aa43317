import { Command, InvalidArgumentError } from 'commander';
import { createFirstCredential, type FirstCredential } from './demonstration/first-credential.ts';
import { Sandbox } from './sandbox.ts';

/** `npm run sandbox`: the sandbox, kept up until SIGINT or SIGTERM. */

interface Options {
  readonly port?: number;
  readonly json?: true;
}

const program = new Command('npm run sandbox --')
  .description('Serves the synthesised stack on an emulated AWS, and Genesys Cloud beside it, until Ctrl-C.')
  .option('--port <number>', 'port of the AWS endpoint on 127.0.0.1; any free one if left out', parsePort)
  .option('--json', 'print one JSON line when ready')
  .addHelpText('after', '\nExit codes: 0 stopped, 1 could not start, 130 stopped at once by a second Ctrl-C.')
  .parse();
const { port, json } = program.opts<Options>();

try {
  const sandbox = await Sandbox.start(port === undefined ? {} : { port });
  stopOnSignal(sandbox);
  try {
    await announce(sandbox);
  } catch (error) {
    await sandbox.close();
    throw error;
  }
} catch (error) {
  process.stderr.write(`${startFailure(error)}\n`);
  process.exitCode = 1;
}

/** Fills the sandbox with a credential that is due for its first rotation, and says that it is ready. */
async function announce(sandbox: Sandbox): Promise<void> {
  const credential = await createFirstCredential(sandbox);
  sandbox.secretsManager.enableRotation(credential.secretArn, sandbox.rotationFunctionArn, {
    ScheduleExpression: 'rate(8 hours)',
    Duration: '1h',
  });
  process.stdout.write(
    json === true ? `${JSON.stringify(readyMessage(sandbox, credential))}\n` : readyText(sandbox, credential),
  );
}

function parsePort(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number;
  throw new InvalidArgumentError('It is a whole number from 1 to 65535.');
}

function stopOnSignal(sandbox: Sandbox): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      process.stderr.write('Stopped at once.\n');
      process.exit(130);
    }
    stopping = true;
    void sandbox.close();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** What a program needs to work with the sandbox. */
function readyMessage(sandbox: Sandbox, credential: FirstCredential) {
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
    secretId: credential.secretArn,
    stateMachineArn: sandbox.stateMachineArn,
    rotationFunctionArn: sandbox.rotationFunctionArn,
  };
}

function readyText(sandbox: Sandbox, credential: FirstCredential): string {
  const { aws, genesys, secretId } = readyMessage(sandbox, credential);
  return `The sandbox is up. In another terminal:

  export AWS_ENDPOINT_URL=${aws.endpoint} AWS_REGION=${aws.region}
  export AWS_ACCESS_KEY_ID=${aws.accessKeyId} AWS_SECRET_ACCESS_KEY=${aws.secretAccessKey}
  aws secretsmanager rotate-secret --secret-id ${secretId}
  aws stepfunctions list-executions --state-machine-arn ${sandbox.stateMachineArn}

Genesys Cloud: ${genesys.loginUrl} (user ${genesys.userName}, password ${genesys.password})
Ctrl-C ends it.
`;
}

function startFailure(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Port ${port} is in use; choose another one with --port, or leave it out.`;
  }
  return error instanceof Error ? error.message : String(error);
}
