/** The deployment that the program uses by default. */
export const DEFAULT_STACK = 'genesys-token-rotation';

/** Formats a command of this program for pasting; `stack` names another deployment. */
export type CommandLine = (words: string, stack?: string) => string;

/** Formats command lines with the options of the current command, without defaults. */
export function commandLine({
  stack: ownStack = DEFAULT_STACK,
  region,
  profile,
}: {
  readonly stack?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}): CommandLine {
  return (words, stack = ownStack) =>
    [
      `npm run cli -- ${words}`,
      ...(stack === DEFAULT_STACK ? [] : [`--stack ${stack}`]),
      ...(region === undefined ? [] : [`--region ${region}`]),
      ...(profile === undefined ? [] : [`--profile ${profile}`]),
    ].join(' ');
}
