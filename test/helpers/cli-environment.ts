import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** The program's entry point. */
export const CLI = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** The variables of an environment; undefined removes one. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The variables that point the program to a sandbox as its operator; none of the environment of the tests. */
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

let borrowers = 0;
let borrowed: string | undefined;
let own: NodeJS.ProcessEnv = {};

/**
 * Sets the environment of this process for the duration of a task. Concurrent tasks must use the same one.
 *
 * @throws Error another one is in force
 */
export async function inEnvironment<Result>(
  variables: Variables,
  work: () => Promise<Result>,
): Promise<Result> {
  const wanted = JSON.stringify(variables);
  if (borrowers > 0 && wanted !== borrowed) throw new Error('The process has another environment now.');
  if (borrowers === 0) {
    own = { ...process.env };
    borrowed = wanted;
    const outside = Object.keys(own).filter(name => READ.test(name));
    assign({ ...Object.fromEntries(outside.map(name => [name, undefined])), ...variables });
  }
  borrowers++;
  try {
    return await work();
  } finally {
    borrowers--;
    if (borrowers === 0) {
      const added = Object.keys(process.env).filter(name => !(name in own));
      assign({ ...Object.fromEntries(added.map(name => [name, undefined])), ...own });
    }
  }
}

function assign(variables: Variables): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
