import type { GenesysUrlsOf } from '../../functions/shared/genesys/urls.ts';
import { isSameFunction } from '../../functions/shared/input/arns.ts';
import { CliError } from '../shared/cli-error.ts';
import type { Context } from '../shared/context.ts';
import { type Deployment, findDeployment } from '../shared/deployment.ts';
import { gatewayUrls } from '../shared/gateway.ts';
import { findSecret } from '../shared/secrets.ts';
import type { WaitContext } from '../shared/waiting.ts';
import { exchangeCode } from './code-exchange.ts';
import { type LoginOptions, logIn } from './login.ts';
import { type ClientOptions, chooseClient } from './oauth-client.ts';
import { publishToken } from './publish-token.ts';
import { InputLines, interrupted, Questions } from './questions.ts';
import { type AuthorizeResult, report, reportGrants, summary } from './report.ts';
import { type ExistingSecret, findTarget } from './target-secret.ts';
import { testGrants } from './test-grants.ts';
import { organizationOf, ownerOf, type TokenOwner, userIdOf } from './token-owner.ts';
import { stackOf, waitingExecution } from './waiting-execution.ts';
import { createCredential, enableRotation, putCredential } from './write-credential.ts';

/** The arguments of the command. */
export interface AuthorizeRequest extends ClientOptions, LoginOptions {
  readonly secretId: string;
  /** The stack that will rotate the secret. */
  readonly rotateWith?: string;
  readonly kmsKey?: string;
  /** Whether the login becomes the alternate grant of a secret that a deployment rotates. */
  readonly alternate: boolean;
  readonly otherUser: boolean;
  readonly yes: boolean;
}

/**
 * Logs the user in to Genesys Cloud, shows who logged in and what will be written, and stores the tokens. Writes
 * nothing until the user confirms. After that, Ctrl-C takes effect when everything is written.
 *
 * With `alternate`, two rotations then test both grants.
 *
 * The tokens always come from a new login, never from the user's input, so no other secret can hold the same login.
 *
 * @throws CliError
 */
export async function authorize(request: AuthorizeRequest, context: WaitContext): Promise<void> {
  const { terminal, signal } = context;
  const lines = new InputLines(terminal.in, signal);
  try {
    const result = await perform(request, context, lines);
    if (result.grantTest === undefined) report(context, result);
    else reportGrants(context, { ...result, grantTest: result.grantTest });
  } catch (error) {
    throw signal.aborted && !(error instanceof CliError) ? interrupted() : error;
  } finally {
    lines.close();
  }
}

async function perform(
  request: AuthorizeRequest,
  context: WaitContext,
  lines: InputLines,
): Promise<AuthorizeResult> {
  const { aws, terminal, signal } = context;
  const interactive = terminal.isInteractive;
  if (!interactive && !request.yes) {
    throw new CliError(
      'refused',
      'There is no terminal for the confirmation. Nothing was changed. Add --yes to write without confirmation.',
    );
  }
  const questions = new Questions(terminal, signal);
  const print = (text: string): void => terminal.print(text);

  const urlsOf = gatewayUrls();
  const existing = await findTarget(aws.secrets, request.secretId);
  const alternateDeployment = request.alternate
    ? await deploymentForAlternate(request, existing, context)
    : undefined;
  const deployment = await rotatingDeployment(request, existing, context);
  const client = await chooseClient(request, existing, { questions, lines, interactive });
  const { loginUrl, apiUrl } = urlsOf(client.host);
  const previousUserId = await previousUser(existing, urlsOf);

  const response = await logIn(client, loginUrl, request, { questions, lines, interactive, print, signal });
  const tokens = await exchangeCode(client, loginUrl, response, signal);
  const owner = await ownerOf(tokens.accessToken, apiUrl);
  const plan = { secretId: request.secretId, existing, deployment, client, owner, previousUserId };
  print(summary(terminal, plan));
  if (!request.otherUser) requireSameUser(existing, owner, previousUserId);
  if (alternateDeployment !== undefined) {
    requireSecondLogin(existing, tokens.refreshToken, previousUserId);
    await requireSameOrganization(existing, owner, urlsOf);
  }
  if (signal.aborted) throw interrupted();
  if (!request.yes && !(await questions.confirm('Write this?'))) {
    throw new CliError('refused', 'Not confirmed. Nothing was written, and the new tokens were discarded.');
  }

  signal.addEventListener('abort', () =>
    print('Writing the secret, then exiting. Press Ctrl-C again to exit immediately.'),
  );
  const credential = { client, tokens, userId: owner.id, isAlternate: request.alternate };
  const written =
    existing === undefined
      ? await createCredential(aws.secrets, request.secretId, request.kmsKey, credential)
      : await putCredential(aws.secrets, existing, credential);
  if (deployment !== undefined) await enableRotation(aws.secrets, written, deployment);
  // The rotations that test both grants also publish.
  const published = request.alternate
    ? undefined
    : await publishToken(aws, {
        stack: deployment?.name ?? (existing && stackOf(existing)),
        kmsKeyId: existing === undefined ? request.kmsKey : existing.kmsKeyId,
        written,
        credential,
      });
  const grantTest = alternateDeployment && (await testGrants(written, apiUrl, alternateDeployment, context));
  const waiting = existing === undefined ? undefined : await waitingExecution(aws, existing);
  return { ...plan, written, expiresAt: tokens.expiresAt, published, waiting, grantTest };
}

/** Finds the deployment that rotates the secret. Checks the conditions of an alternate grant before the login. */
async function deploymentForAlternate(
  { secretId, rotateWith, otherUser, otherClient }: AuthorizeRequest,
  existing: ExistingSecret | undefined,
  { aws, deployment }: Context,
): Promise<Deployment> {
  if (rotateWith !== undefined || otherUser || otherClient) {
    throw new CliError(
      'usage',
      'An alternate grant belongs to the client and user of the secret and to its deployment: --alternate cannot be combined with --rotate-with, --other-user or --other-client.',
    );
  }
  if (typeof existing?.keys.refreshToken !== 'string' || existing.keys.refreshToken.trim() === '') {
    throw new CliError(
      'refused',
      `The secret ${secretId} has no refresh token yet. Nothing was changed. Run authorize without --alternate first.`,
    );
  }
  const found = await deployment();
  await findSecret(aws, found, existing.arn);
  return found;
}

/** The user of the first login must be known, and the second login must have other tokens. */
function requireSecondLogin(
  existing: ExistingSecret | undefined,
  refreshToken: string,
  previousUserId: string | undefined,
): void {
  const { refreshToken: current, alternateRefreshToken: alternate } = existing?.keys ?? {};
  if (refreshToken === current || refreshToken === alternate) {
    throw new CliError(
      'refused',
      'Genesys Cloud returned the refresh token that the secret already holds: both logins are one grant, so they cannot alternate. Nothing was changed.',
    );
  }
  if (previousUserId !== undefined) return;
  throw new CliError(
    'refused',
    `The user of the tokens in the secret ${existing?.name} is unknown: the access token no longer works, and the secret has no genesysUserId. Nothing was changed. Run authorize without --alternate first.`,
  );
}

/** A user who belongs to several organisations may have logged in to another one. */
async function requireSameOrganization(
  existing: ExistingSecret | undefined,
  { organization }: TokenOwner,
  urlsOf: GenesysUrlsOf,
): Promise<void> {
  const { accessToken, host, name } = existing ?? {};
  if (accessToken === undefined || host === undefined || organization === undefined) return;
  const earlier = await organizationOf(accessToken, urlsOf(host).apiUrl);
  if (earlier === undefined || earlier.id === organization.id) return;
  throw new CliError(
    'refused',
    `The secret ${name} holds tokens of organisation ${earlier.id}, but the login was to organisation ${organization.id}. Nothing was changed. Log out of Genesys Cloud in the browser and run the command again.`,
  );
}

/** Finds the deployment of `--rotate-with` before the login, so a wrong name fails early. */
async function rotatingDeployment(
  { rotateWith, kmsKey }: AuthorizeRequest,
  existing: ExistingSecret | undefined,
  { aws }: Context,
): Promise<Deployment | undefined> {
  if (existing !== undefined && kmsKey !== undefined) {
    throw new CliError(
      'usage',
      `The secret ${existing.name} exists and keeps its KMS key; --kms-key is for new secrets. Change its key with aws secretsmanager update-secret --kms-key-id.`,
    );
  }
  if (rotateWith === undefined) return undefined;
  const deployment = await findDeployment(rotateWith, aws);
  const currentFunction = existing?.rotationFunctionArn;
  if (currentFunction === undefined || isSameFunction(currentFunction, deployment.rotationFunctionArn)) {
    return deployment;
  }
  throw new CliError(
    'refused',
    `The secret ${existing?.name} is rotated by another function, ${currentFunction}. Nothing was changed. Run without --rotate-with, or cancel that rotation first: aws secretsmanager cancel-rotate-secret --secret-id ${existing?.arn}`,
  );
}

/** The user of the secret's tokens. A working access token identifies the user; genesysUserId may be out of date. */
async function previousUser(
  existing: ExistingSecret | undefined,
  urlsOf: GenesysUrlsOf,
): Promise<string | undefined> {
  if (existing === undefined) return undefined;
  const { accessToken, host, userId } = existing;
  const tokenUserId =
    accessToken === undefined || host === undefined
      ? undefined
      : await userIdOf(accessToken, urlsOf(host).apiUrl);
  return tokenUserId ?? userId;
}

function requireSameUser(
  existing: ExistingSecret | undefined,
  { id }: TokenOwner,
  previousUserId: string | undefined,
): void {
  if (existing === undefined || previousUserId === undefined || previousUserId === id) return;
  throw new CliError(
    'refused',
    `The secret ${existing.name} holds tokens of user ${previousUserId}, but user ${id} logged in. Nothing was changed. Log out of Genesys Cloud in the browser and run the command again, or add --other-user to replace the user.`,
  );
}
