import { readFileSync } from 'node:fs';
import { FUNCTION_NAMES, FUNCTIONS } from '../../infra/function-list.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** The versions whose executions may still be redriven; each has its definition beside this file. */
export const EARLIER_VERSIONS = ['0.1.0'] as const;

/** The definition of an earlier version as it was deployed: its Tasks name the functions without an alias. */
export function earlierDefinition(
  version: (typeof EARLIER_VERSIONS)[number],
  { stack, account }: Sandbox,
): string {
  const text = readFileSync(new URL(`definitions/${version}.asl.json`, import.meta.url), 'utf8');
  const substitutions = new Map<string, string>([['Partition', account.partition]]);
  for (const name of FUNCTION_NAMES) {
    const deployed = stack.functions.find(candidate => candidate.name.endsWith(`-${name}`));
    if (deployed !== undefined) substitutions.set(`${FUNCTIONS[name].constructId}Arn`, deployed.arn);
  }
  return text.replace(/\$\{(\w+)\}/g, (placeholder, name) => substitutions.get(name) ?? placeholder);
}

/** Deploys the stack as it is now: code and configuration of all functions, and the definition. */
export function deployPresent({ stack, lambda, stepFunctions, stateMachineArn }: Sandbox): void {
  for (const definition of stack.functions) lambda.updateFunction(definition);
  for (const { definition } of stack.stateMachines)
    stepFunctions.updateDefinition(stateMachineArn, definition);
}
