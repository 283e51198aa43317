/** What the program tells a script by the way it ends; every command's help lists those that it can end with. */
export const EXIT_CODES = {
  /** Done; all is healthy. */
  done: 0,
  /** AWS, Genesys Cloud or the network refused something; nothing was changed that is not said. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** A rotation failed. */
  rotationFailed: 3,
  /** Something is wrong: a credential that is stuck, expired or needs a login, or a fault that `diagnose` found. */
  unhealthy: 4,
  /** Refused by this program; nothing was changed. */
  refused: 5,
  /** What was waited for goes on. */
  stillRunning: 6,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** Why the program ends. */
export type Ending = keyof typeof EXIT_CODES;

/** One line for each, for the help. */
export const EXIT_CODE_MEANINGS: Readonly<Record<Ending, string>> = {
  done: 'done, all is healthy',
  failed: 'AWS, Genesys Cloud or the network refused something; the reason is on standard error',
  usage: 'the command line makes no sense',
  rotationFailed: 'a rotation failed',
  unhealthy: 'something is wrong with a credential or the deployment',
  refused: 'refused; nothing was changed',
  stillRunning: 'what was waited for goes on',
  interrupted: 'interrupted by Ctrl-C',
};
