import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** The program's entry point. */
export const CLI = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** The variables of an environment; undefined removes one. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The complete environment in which the program uses a sandbox as its operator. */
export function cliEnvironment(sandbox: Sandbox): Record<string, string> {
  const { loginUrl, apiUrl } = sandbox.genesysCloud.urlsOf('{host}');
  return {
    PATH: process.env.PATH ?? '',
    AWS_ENDPOINT_URL: sandbox.awsUrl,
    AWS_REGION: sandbox.account.region,
    AWS_ACCESS_KEY_ID: sandbox.operator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandbox.operator.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    GENESYS_LOGIN_URL: loginUrl,
    GENESYS_API_URL: apiUrl,
  };
}

/** The variables that the program or its libraries read. */
const READ = /^(?:AWS_|GENESYS_|(?:DISPLAY|WAYLAND_DISPLAY|WSL_DISTRO_NAME|BROWSER|NO_COLOR|FORCE_COLOR)$)/;

let users = 0;
let inUse: string | undefined;
let original: NodeJS.ProcessEnv = {};

/**
 * Sets the environment of this process for the duration of a task. Concurrent tasks must use the same one.
 *
 * @throws Error a different environment is in use
 */
export async function inEnvironment<Result>(
  variables: Variables,
  work: () => Promise<Result>,
): Promise<Result> {
  const requested = JSON.stringify(variables);
  if (users > 0 && requested !== inUse) throw new Error('A concurrent task uses a different environment.');
  if (users === 0) {
    original = { ...process.env };
    inUse = requested;
    const outside = Object.keys(original).filter(name => READ.test(name));
    assign({ ...Object.fromEntries(outside.map(name => [name, undefined])), ...variables });
  }
  users++;
  try {
    return await work();
  } finally {
    users--;
    if (users === 0) {
      const added = Object.keys(process.env).filter(name => !(name in original));
      assign({ ...Object.fromEntries(added.map(name => [name, undefined])), ...original });
    }
  }
}

function assign(variables: Variables): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
