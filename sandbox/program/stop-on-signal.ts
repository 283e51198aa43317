/** Calls `close` on the first SIGINT or SIGTERM; a second one ends the process at once, with 130. */
export function stopOnSignal(close: () => void): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      process.stderr.write('Stopped at once.\n');
      process.exit(130);
    }
    stopping = true;
    close();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
