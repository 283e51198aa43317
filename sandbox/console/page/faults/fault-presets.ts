import type { Definition } from '../../../../statemachine/definition.ts';

/** A fault that has a switch. */
export interface FaultPreset {
  readonly name: string;
  /** Its effect on a rotation. */
  readonly effect: string;
  /** The rule in the sandbox's syntax. */
  readonly text: string;
}

/** The most useful faults for a rehearsal. */
export const FAULT_PRESETS: readonly FaultPreset[] = [
  {
    name: 'Genesys Cloud is down',
    effect: 'Responds with 503. Refresh fails; nothing is spent.',
    text: 'genesys:*=server-error',
  },
  {
    name: 'Genesys Cloud throttles',
    effect: 'Responds with 429. Refresh fails; nothing is spent.',
    text: 'genesys:*=throttled',
  },
  {
    name: 'Genesys Cloud response is lost',
    effect: 'The refresh token is spent and the new one never arrives: someone must log in again.',
    text: 'genesys:token=response-lost',
  },
  {
    name: 'KMS denies access',
    effect: 'StorePending cannot open the new tokens; they stay sealed in the journal and the execution.',
    text: 'kms:Decrypt=access-denied',
  },
  {
    name: 'Secrets Manager throttles',
    effect: 'StorePending cannot store the new tokens; they stay sealed in the journal and the execution.',
    text: 'secretsmanager:PutSecretValue=throttled,by=store-pending',
  },
];

/** When a function crashes. */
export type CrashMoment = 'before' | 'after';

/** The rule that makes a function crash before its work, or after it and before its response. */
export function crashText(functionName: string, moment: CrashMoment): string {
  return `lambda:${functionName}=crash-${moment}`;
}

/** The short names of the functions that the states run, as fault rules use them. */
export function functionNames({ States }: Definition): readonly string[] {
  const names = Object.values(States).flatMap(({ Parameters }) =>
    Parameters === undefined ? [] : [functionName(Parameters.FunctionName)],
  );
  const prefix = commonPrefix(names);
  return [...new Set(names)].map(name => name.slice(prefix.length));
}

/** The name in a function's ARN, which may end in an alias; anything else is already a name. */
function functionName(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split(':')[6] ?? '') : nameOrArn;
}

/** The longest common prefix that ends in a hyphen. */
function commonPrefix(names: readonly string[]): string {
  const [first = '', ...others] = new Set(names);
  if (others.length === 0) return '';
  const shared = [...first].findIndex((letter, index) => others.some(name => name[index] !== letter));
  return first.slice(0, first.lastIndexOf('-', shared < 0 ? first.length : shared) + 1);
}
