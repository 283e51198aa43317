import { openBrowser } from '../../cli/shared/open-browser.ts';
import { buildPage } from '../console/build-page.ts';
import { consoleServer } from '../console/console-server.ts';
import { stopOnSignal } from '../program/stop-on-signal.ts';
import { Sandbox } from '../sandbox.ts';
import { synthesize } from '../synthesis.ts';
import type { LiveView } from './live-view.ts';
import { showRotation } from './show-rotation.ts';

/**
 * Opens the console in the browser, rotates one credential as soon as the page is open, and keeps the sandbox running
 * until SIGINT or SIGTERM, even after a failed rotation.
 *
 * @param onFailure receives the error of a failed rotation
 * @throws SynthesisFailed
 */
export async function openConsole(
  assemblyDirectory: string,
  view: LiveView,
  onFailure: (error: unknown) => void,
): Promise<void> {
  view.line('Synthesising the stack and building the page …');
  const [pageFolder] = await Promise.all([buildPage(), synthesize(assemblyDirectory)]);
  const sandbox = await Sandbox.start({ assemblyDirectory });
  const { server, opened } = consoleServer(sandbox, pageFolder);
  const stop = Promise.withResolvers<void>();
  let isStopping = false;
  stopOnSignal(() => {
    isStopping = true;
    stop.resolve();
  });
  try {
    await server.listen();
    void showRotation(sandbox, view, async () => {
      view.line(`The console is at ${server.pageUrl}`);
      await openBrowser(server.oneTimeUrl(), text => view.line(text));
      view.line('The rotation starts when the page is open.');
      await opened;
    })
      .catch((error: unknown) => {
        // A rotation that the shutdown interrupts fails as well.
        if (!isStopping) onFailure(error);
      })
      .then(() => view.line('\nRotate, break and redrive in the console. Press Ctrl-C to stop the sandbox.'));
    await stop.promise;
  } finally {
    await Promise.all([server.close(), sandbox.close()]);
  }
}
