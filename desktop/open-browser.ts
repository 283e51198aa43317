import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BROWSER_PROCESS = fileURLToPath(new URL('./browser-process.ts', import.meta.url));

/** A browser that is slower to start than this opens by itself. */
const START_TIMEOUT_MS = 10_000;

/** What the commands read secrets from: AWS credentials, and the client secret of Genesys Cloud. */
const SECRET_VARIABLE = /^(?:AWS|GENESYS)_/i;

/**
 * Opens the browser where there is one, and says whether that worked; the address is on the terminal in any case.
 *
 * A process of its own starts the browser, without the variables that hold secrets: a browser, its extensions and its
 * crash reports outlive the command, and other processes of the user can read their environment.
 */
export async function openBrowser(address: string, tell: (text: string) => void): Promise<void> {
  if (!hasBrowser(process.platform, process.env)) {
    tell('There is no desktop to open a browser on: open the address by hand.');
    return;
  }
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SECRET_VARIABLE.test(name)));
  try {
    await promisify(execFile)(process.execPath, [BROWSER_PROCESS, address], {
      env,
      timeout: START_TIMEOUT_MS,
    });
    tell('The browser is being opened.');
  } catch {
    tell('The browser could not be opened: open the address by hand.');
  }
}

/** On Linux without a desktop a browser of the text terminal would be started, unseen. */
function hasBrowser(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): boolean {
  const desktop = ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME', 'BROWSER'];
  return platform !== 'linux' || desktop.some(name => (environment[name] ?? '') !== '');
}
