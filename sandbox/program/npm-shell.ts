/** The shell in which npm runs this program; read when the program starts, before its modules are loaded. */
const shell = process.ppid;

const CHECK_MS = 250;

/**
 * Calls `stop` once the shell in which npm runs this program is gone. npm sends the shell the signals that it gets, and
 * not every shell hands them on: bash replaces itself by the program, dash stays and dies of SIGTERM.
 *
 * A program that npm does not run may well survive its parent.
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
