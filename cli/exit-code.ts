/** The exit codes and the meanings that the help shows. The help of each command lists the codes that it uses. */
export const EXIT_CODES = {
  done: { code: 0, meaning: 'success; everything is healthy' },
  failed: {
    code: 1,
    meaning: 'an error; standard error has the reason',
  },
  usage: { code: 2, meaning: 'invalid usage' },
  rotationFailed: { code: 3, meaning: 'a rotation failed' },
  unhealthy: { code: 4, meaning: 'a problem with a credential or the deployment' },
  refused: { code: 5, meaning: 'refused; nothing was changed' },
  stillRunning: { code: 6, meaning: 'timed out; the rotation is still running' },
  interrupted: { code: 130, meaning: 'interrupted by Ctrl-C' },
} as const;

/** Why the program exits. */
export type ExitReason = keyof typeof EXIT_CODES;
