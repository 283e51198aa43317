/** What the program tells a script by the way it ends, in the words of the help; each command lists its own. */
export const EXIT_CODES = {
  done: { code: 0, meaning: 'done, all is healthy' },
  failed: {
    code: 1,
    meaning: 'AWS, Genesys Cloud or the network refused something; what is printed says what',
  },
  usage: { code: 2, meaning: 'the command line makes no sense' },
  rotationFailed: { code: 3, meaning: 'a rotation failed' },
  unhealthy: { code: 4, meaning: 'something is wrong with a credential or the deployment' },
  refused: { code: 5, meaning: 'refused; nothing was changed' },
  stillRunning: { code: 6, meaning: 'what was waited for goes on' },
  interrupted: { code: 130, meaning: 'interrupted by Ctrl-C' },
} as const;

/** Why the program ends. */
export type Ending = keyof typeof EXIT_CODES;
