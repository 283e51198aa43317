import type { Sandbox } from '../sandbox.ts';

/** The parts of the sandbox that the console uses. */
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
