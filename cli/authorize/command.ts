import { type Command, InvalidArgumentError } from 'commander';
import { GENESYS_HOSTS, genesysHost } from '../../functions/shared/genesys/regions.ts';
import { contextOf, type ProgramIo } from '../shared/context.ts';
import { exampleHelp, exitCodesHelp } from '../shared/help-text.ts';
import { numberArgument } from '../shared/number-argument.ts';
import { waitContext } from '../shared/waiting.ts';
import { authorize } from './authorize.ts';

/** The options of the command line. */
interface Options {
  readonly clientId?: string;
  readonly clientSecretStdin?: true;
  readonly genesysRegion?: string;
  readonly redirectPort: number;
  readonly timeout: number;
  readonly paste?: true;
  /** False after `--no-browser`. */
  readonly browser: boolean;
  readonly rotateWith?: string;
  readonly alternate?: true;
  readonly otherUser?: true;
  readonly otherClient?: true;
  readonly kmsKey?: string;
  readonly yes?: true;
}

/** The port of the redirect URI in the documentation. */
const DEFAULT_REDIRECT_PORT = 8085;

/** Enough for a login with a second factor, in s. */
const DEFAULT_TIMEOUT_SECONDS = 300;
const MAX_TIMEOUT_SECONDS = 3600;
const MAX_PORT = 65_535;

const EXAMPLES = exampleHelp(
  'authorize genesys/voicemail --rotate-with genesys-token-rotation',
  'authorize genesys/voicemail --paste        (the browser is on another machine)',
  'authorize genesys/voicemail --alternate    (a second login: docs/alternating-grants.md)',
  'authorize genesys/voicemail --client-secret-stdin --yes < client-secret',
);

const CLIENT = `
The OAuth client in Genesys Cloud needs the grant type Code Authorization and the redirect URI
http://localhost:${DEFAULT_REDIRECT_PORT}/callback (or the port of --redirect-port). The client secret is never an argument. It
comes from the existing secret, standard input, the variable GENESYS_CLIENT_SECRET, or a hidden prompt.`;

/** Declares `authorize`: logs in to Genesys Cloud and stores the tokens. */
export function addAuthorize(program: Command, io: ProgramIo): void {
  program
    .command('authorize')
    .summary('log in to Genesys Cloud and store the tokens')
    .description(
      'Logs you in to Genesys Cloud in the browser and stores the tokens: in a new secret, or as a new AWSCURRENT version of an existing secret, whose other keys are kept.',
    )
    .argument('<secret>', 'name or ARN of the secret; created if no secret has this name')
    .option('--client-id <id>', 'OAuth client (default: the one in the secret)')
    .option('--client-secret-stdin', 'read the client secret from the first line of standard input')
    .option(
      '--genesys-region <region>',
      'Genesys Cloud host or its AWS region (default: the one in the secret)',
      regionArgument,
    )
    .option(
      '--redirect-port <port>',
      'port of the redirect URI http://localhost:<port>/callback',
      numberArgument('port', MAX_PORT),
      DEFAULT_REDIRECT_PORT,
    )
    .option(
      '--timeout <seconds>',
      'how long to wait for the login',
      numberArgument('number of seconds', MAX_TIMEOUT_SECONDS),
      DEFAULT_TIMEOUT_SECONDS,
    )
    .option('--paste', 'paste the address that the login redirects to, or its code')
    .option('--no-browser', 'print the login address instead of opening it')
    .option('--rotate-with <stack>', 'also enable rotation by this deployment, on its schedule')
    .option('--alternate', 'add the login as an alternate grant, and test both grants with two rotations')
    .option('--other-user', 'allow a different user than before')
    .option('--other-client', 'allow a different OAuth client than before')
    .option('--kms-key <key>', 'KMS key of a new secret (id, ARN or alias)')
    .option('--yes', 'write without confirmation')
    .addHelpText('after', EXAMPLES)
    .addHelpText('after', CLIENT)
    .addHelpText(
      'after',
      exitCodesHelp(
        ...(['done', 'failed', 'usage', 'rotationFailed', 'refused', 'stillRunning', 'interrupted'] as const),
      ),
    )
    .action(async (secretId: string, options: Options, command: Command) => {
      const { clientId, genesysRegion: host, rotateWith, kmsKey } = options;
      await authorize(
        {
          secretId,
          clientId,
          host,
          rotateWith,
          kmsKey,
          clientSecretFromStdin: options.clientSecretStdin ?? false,
          redirectPort: options.redirectPort,
          timeoutMs: options.timeout * 1000,
          paste: options.paste ?? false,
          openBrowser: options.browser,
          alternate: options.alternate ?? false,
          otherUser: options.otherUser ?? false,
          otherClient: options.otherClient ?? false,
          yes: options.yes ?? false,
        },
        waitContext(contextOf(command, io)),
      );
    });
}

function regionArgument(value: string): string {
  const host = genesysHost(value);
  if (host !== undefined) return host;
  throw new InvalidArgumentError(`Use one of ${GENESYS_HOSTS.join(', ')}, or its AWS region.`);
}
