import type { Sandbox } from '../sandbox.ts';

/** Whatever the console needs of the sandbox. */
export type ConsoleSandbox = Pick<
  Sandbox,
  | 'clientConfig'
  | 'clock'
  | 'cloudTrail'
  | 'faults'
  | 'genesysCloud'
  | 'secretsManager'
  | 'stack'
  | 'stateMachineArn'
  | 'stepFunctions'
>;
