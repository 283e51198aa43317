import type { AwsCall, AwsInterceptor } from '../../sandbox/aws/service.ts';
import {
  AWS_FAULTS,
  type FaultKind,
  type FaultRule,
  FUNCTION_FAULTS,
  GENESYS_FAULTS,
  ITEM_WRITE_FAULTS,
} from '../../sandbox/faults/fault-rule.ts';
import { ITEM_WRITES } from '../../sandbox/faults/fault-targets.ts';
import type { Faults } from '../../sandbox/faults/faults.ts';
import type { InvocationInterceptor } from '../../sandbox/lambda/invocation-interceptor.ts';
import { seededRandom, seedOf } from '../../sandbox/seeded-random.ts';

/** The endpoints of Genesys Cloud by the function that calls them; a function makes one call per invocation. */
const GENESYS_TARGETS: ReadonlyMap<string, string> = new Map([
  ['refresh', 'genesys:token'],
  ['verify', 'genesys:users/me'],
  ['one-lambda', 'genesys:*'],
]);

/** The longest delay: longer than the functions wait for AWS, shorter than they wait for Genesys Cloud. */
const MAX_DELAY_MS = 3_000;

interface RandomFaultsOptions {
  /** The share of all calls that get a fault, from 0 to 1. */
  readonly rate: number;
  readonly seed: number;
}

/**
 * Injects faults of any kind into a share of all calls: the AWS calls of the functions, their invocations, and their
 * requests to Genesys Cloud. Each kind of call has its own random numbers, so that the result does not depend on the
 * order in which parallel calls arrive.
 */
export class RandomFaults {
  readonly #options: RandomFaultsOptions;
  readonly #dice = new Map<string, () => number>();
  /** The rules for requests to Genesys Cloud that may not have been made yet. */
  readonly #armed = new Set<number>();
  #faults: Faults | undefined;
  #functionPrefix = '';

  constructor(options: RandomFaultsOptions) {
    this.#options = options;
  }

  /**
   * Starts to inject faults.
   *
   * @param functionPrefix the common prefix of the functions' names
   */
  begin(faults: Faults, functionPrefix: string): void {
    this.#faults = faults;
    this.#functionPrefix = functionPrefix;
  }

  /** Stops injecting faults; hanging calls continue to hang. */
  end(): void {
    this.#faults = undefined;
  }

  /** Whether a fault is pending for the next request to Genesys Cloud, from any caller. */
  get hasPendingGenesysFault(): boolean {
    return this.#armed.size > 0;
  }

  /** Must be the innermost interceptor except for that of the fault rules. */
  readonly awsInterceptor: AwsInterceptor = (call, next) => {
    const { functionArn } = call.caller;
    if (functionArn === undefined) return next();
    const target = `${call.service}:${call.operation}`;
    const caller = this.#shortName(functionArn.split(':').at(-1) ?? '');
    const kinds = ITEM_WRITES.has(target) ? [...AWS_FAULTS, ...ITEM_WRITE_FAULTS] : AWS_FAULTS;
    return this.#intercept(`${caller} ${target} ${subjectOf(call)}`, target, kinds, next);
  };

  /** Must be the innermost interceptor except for that of the fault rules. */
  readonly invocationInterceptor: InvocationInterceptor = async ({ functionName }, next) => {
    const shortName = this.#shortName(functionName);
    const target = `lambda:${shortName}`;
    const genesysTarget = GENESYS_TARGETS.get(shortName);
    const rule =
      genesysTarget === undefined ? undefined : this.#drawFault(genesysTarget, genesysTarget, GENESYS_FAULTS);
    const faults = this.#faults;
    if (rule === undefined || faults === undefined)
      return await this.#intercept(target, target, FUNCTION_FAULTS, next);
    const id = faults.add({ ...rule, when: { nth: 1 } });
    this.#armed.add(id);
    try {
      return await this.#intercept(target, target, FUNCTION_FAULTS, next);
    } finally {
      faults.remove(id);
      this.#armed.delete(id);
    }
  };

  #intercept<Result>(
    dice: string,
    target: string,
    kinds: readonly FaultKind[],
    next: () => Promise<Result>,
  ): Promise<Result> {
    const faults = this.#faults;
    const rule = this.#drawFault(dice, target, kinds);
    if (rule === undefined || faults === undefined) return next();
    // The call evaluates the rules synchronously, so the rule can be removed immediately.
    const id = faults.add(rule);
    try {
      return next();
    } finally {
      faults.remove(id);
    }
  }

  #drawFault(name: string, target: string, kinds: readonly FaultKind[]): FaultRule | undefined {
    const { rate, seed } = this.#options;
    if (this.#faults === undefined || rate === 0) return undefined;
    const dice = this.#dice.get(name) ?? seededRandom(seedOf(`${seed} ${name}`));
    this.#dice.set(name, dice);
    if (dice() >= rate) return undefined;
    const kind = kinds[Math.floor(dice() * kinds.length)];
    if (kind === undefined) return undefined;
    return { target, kind, ...(kind === 'delay' && { ms: Math.round(dice() * MAX_DELAY_MS) }) };
  }

  #shortName(functionName: string): string {
    return functionName.slice(this.#functionPrefix.length);
  }
}

/** Distinguishes parallel calls of one operation by one function. */
function subjectOf({ input }: AwsCall): string {
  const members = membersOf(input);
  const holds = membersOf(members.get('EncryptionContext')).get('holds');
  const [item] = String(membersOf(membersOf(members.get('Key')).get('sk')).get('S')).split('#');
  return [...members.keys(), members.get('VersionStage'), holds, item].join(' ');
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(typeof value === 'object' && value !== null ? value : {}));
}
