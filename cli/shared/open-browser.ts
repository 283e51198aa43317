import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BROWSER_PROCESS = fileURLToPath(new URL('./browser-process.ts', import.meta.url));

/** After this time the command continues without waiting for the browser. */
const START_TIMEOUT_MS = 10_000;

/** Variables that may hold secrets: AWS credentials, and the client secret of Genesys Cloud. */
const SECRET_VARIABLE = /^(?:AWS|GENESYS)_/i;

/**
 * Opens the browser if there is one, and reports the result. The caller prints the address.
 *
 * A separate process starts the browser without the variables that hold secrets: the browser outlives the command, and
 * extensions, crash reports and other processes of the user can read its environment.
 */
export async function openBrowser(address: string, print: (text: string) => void): Promise<void> {
  if (!hasBrowser(process.platform, process.env)) {
    print('No desktop found. Open the address yourself.');
    return;
  }
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SECRET_VARIABLE.test(name)));
  try {
    await promisify(execFile)(process.execPath, [BROWSER_PROCESS, address], {
      env,
      timeout: START_TIMEOUT_MS,
    });
    print('Opening your browser.');
  } catch {
    print('The browser could not be opened. Open the address yourself.');
  }
}

/** On Linux without a desktop, an invisible text browser would start. */
function hasBrowser(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): boolean {
  const desktop = ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME', 'BROWSER'];
  return platform !== 'linux' || desktop.some(name => (environment[name] ?? '') !== '');
}
