import { onNpmShellGone } from './npm-shell.ts';

/**
 * Calls `close` on the first SIGINT or SIGTERM, or when the shell in which npm runs the program ends. A second signal
 * ends the process at once, with 130.
 */
export function stopOnSignal(close: () => void): void {
  let stopping = false;
  const stop = (): void => {
    stopping = true;
    close();
  };
  const onSignal = (): void => {
    if (stopping) {
      process.stderr.write('Exited immediately.\n');
      process.exit(130);
    }
    stop();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  onNpmShellGone(() => {
    if (!stopping) stop();
  });
}
