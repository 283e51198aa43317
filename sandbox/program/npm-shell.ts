/** The shell in which npm runs this program; read when the program starts, before its modules are loaded. */
const shell = process.ppid;

const CHECK_MS = 250;

/**
 * Calls `stop` when the shell in which npm runs this program ends. npm forwards signals to the shell, and not every
 * shell forwards them: bash replaces itself with the program, dash stays and exits on SIGTERM.
 *
 * A program that npm did not start may outlive its parent.
 */
export function onNpmShellGone(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const check = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(check);
    stop();
  }, CHECK_MS);
  check.unref();
}
