import open from 'open';

/** Opens the browser if there is one, and prints what happened. The caller prints the address. */
export async function openBrowser(address: string, tell: (text: string) => void): Promise<void> {
  if (!hasBrowser(process.platform, process.env)) {
    tell('No desktop found. Open the address yourself.');
    return;
  }
  try {
    const browser = await open(address);
    browser.once('error', () => undefined);
    tell('Opening your browser.');
  } catch {
    tell('The browser could not be opened. Open the address yourself.');
  }
}

/** On Linux without a desktop, an invisible text browser would start. */
function hasBrowser(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): boolean {
  const desktop = ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME', 'BROWSER'];
  return platform !== 'linux' || desktop.some(name => (environment[name] ?? '') !== '');
}
