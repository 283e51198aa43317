import type { AwsOptions } from './aws.ts';

/** The deployment that the program uses by default. */
export const DEFAULT_STACK = 'genesys-token-rotation';

/** Formats a command of this program for pasting; `stack` names another deployment. */
export type CommandLine = (words: string, stack?: string) => string;

/** Formats command lines with the options of the current command, without defaults. */
export function commandLine({
  stack: ownStack = DEFAULT_STACK,
  region,
  profile,
}: AwsOptions & { readonly stack?: string }): CommandLine {
  return (words, stack = ownStack) =>
    [
      `npm run cli -- ${words}`,
      ...(stack === DEFAULT_STACK ? [] : [`--stack ${stack}`]),
      ...(region === undefined ? [] : [`--region ${region}`]),
      ...(profile === undefined ? [] : [`--profile ${profile}`]),
    ].join(' ');
}
