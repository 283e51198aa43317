import type { Definition } from '../../../../statemachine/definition.ts';

/** A fault that has a switch. */
export interface FaultPreset {
  readonly name: string;
  /** What it does to a rotation. */
  readonly effect: string;
  /** The rule, as the sandbox writes it. */
  readonly text: string;
}

/** The faults that are worth rehearsing. */
export const FAULT_PRESETS: readonly FaultPreset[] = [
  {
    name: 'Genesys Cloud is down',
    effect: 'Answers 503 to all. Refresh fails, nothing is spent.',
    text: 'genesys:*=server-error',
  },
  {
    name: 'Genesys Cloud limits',
    effect: 'Answers 429 to all. Refresh fails, nothing is spent.',
    text: 'genesys:*=throttled',
  },
  {
    name: 'Answer of Genesys Cloud is lost',
    effect: 'The refresh token is spent and the new one never arrives: only a new login helps.',
    text: 'genesys:token=answer-lost',
  },
  {
    name: 'KMS refuses',
    effect: 'StorePending cannot open the new tokens; they stay sealed in the execution.',
    text: 'kms:Decrypt=access-denied',
  },
  {
    name: 'Secrets Manager throttles',
    effect: 'StorePending cannot store the new tokens; they stay sealed in the execution.',
    text: 'secretsmanager:PutSecretValue=throttled,by=store-pending',
  },
];

/** When a function crashes. */
export type CrashMoment = 'before' | 'after';

/** The rule by which a function crashes, before its work or after it, when nobody hears of it any more. */
export function crashText(functionName: string, moment: CrashMoment): string {
  return `lambda:${functionName}=crash-${moment}`;
}

/** The functions that the states run, by the short names that faults know them by. */
export function functionNames({ States }: Definition): readonly string[] {
  const names = Object.values(States).flatMap(({ Parameters }) =>
    Parameters === undefined ? [] : [functionName(Parameters.FunctionName)],
  );
  const prefix = commonBeginning(names);
  return [...new Set(names)].map(name => name.slice(prefix.length));
}

/** The name in a function's ARN, which may end in an alias; anything else is a name already. */
function functionName(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split(':')[6] ?? '') : nameOrArn;
}

/** The longest beginning, up to a hyphen, that all names share. */
function commonBeginning(names: readonly string[]): string {
  const [first = '', ...others] = new Set(names);
  if (others.length === 0) return '';
  const shared = [...first].findIndex((letter, index) => others.some(name => name[index] !== letter));
  return first.slice(0, first.lastIndexOf('-', shared < 0 ? first.length : shared) + 1);
}
