import type { AwsOptions } from './aws.ts';

/** The deployment that the program takes when none is named. */
export const DEFAULT_STACK = 'genesys-token-rotation';

/** Writes a command of this program so that it can be pasted; `stack` where it is about another deployment. */
export type CommandLine = (words: string, stack?: string) => string;

/** Makes command lines for where a command looks: what is the default there is left out. */
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
