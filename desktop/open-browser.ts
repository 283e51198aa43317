import open from 'open';

/** Opens the browser where there is one, and says what came of it; the address stands on the terminal in any case. */
export async function openBrowser(address: string, tell: (text: string) => void): Promise<void> {
  if (!hasBrowser(process.platform, process.env)) {
    tell('There is no desktop to open a browser on: open the address by hand.');
    return;
  }
  try {
    const browser = await open(address);
    browser.once('error', () => undefined);
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
