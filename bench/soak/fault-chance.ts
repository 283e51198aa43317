import type { AwsCall, AwsInterceptor } from '../../sandbox/aws/service.ts';
import {
  AWS_FAULTS,
  type FaultKind,
  type FaultRule,
  FUNCTION_FAULTS,
  GENESYS_FAULTS,
} from '../../sandbox/faults/fault-rule.ts';
import type { Faults } from '../../sandbox/faults/faults.ts';
import type { InvocationInterceptor } from '../../sandbox/lambda/invocation-interceptor.ts';
import { seededRandom, seedOf } from '../../sandbox/seeded-random.ts';

/** The endpoints of Genesys Cloud by the function that calls them, once in an invocation. */
const GENESYS_TARGETS: ReadonlyMap<string, string> = new Map([
  ['refresh', 'genesys:token'],
  ['verify', 'genesys:users/me'],
]);

/** The longest delay: beyond what the functions wait for AWS and for a user, within what they wait for a token. */
const LONGEST_DELAY_MS = 3_000;

/** What a chance works with. */
interface FaultChanceOptions {
  /** The share of all calls that a fault befalls, from 0 to 1. */
  readonly rate: number;
  readonly seed: number;
}

/**
 * Lets faults of any kind befall a share of all calls: the AWS calls of the functions, their invocations, and their
 * requests to Genesys Cloud. The dice are thrown apart for each kind of call, so that the outcome does not hang on
 * the order in which calls arrive that are made at the same time.
 */
export class FaultChance {
  readonly #options: FaultChanceOptions;
  readonly #dice = new Map<string, () => number>();
  /** The rules for requests to Genesys Cloud that may not have been made yet. */
  readonly #armed = new Set<number>();
  #faults: Faults | undefined;
  #functionPrefix = '';

  constructor(options: FaultChanceOptions) {
    this.#options = options;
  }

  /**
   * Begins.
   *
   * @param functionPrefix what the names of all functions begin with
   */
  begin(faults: Faults, functionPrefix: string): void {
    this.#faults = faults;
    this.#functionPrefix = functionPrefix;
  }

  /** Ends; what hangs goes on hanging. */
  end(): void {
    this.#faults = undefined;
  }

  /** Whether a fault waits for the next request to Genesys Cloud, whoever makes it. */
  get awaitsGenesysRequest(): boolean {
    return this.#armed.size > 0;
  }

  /** Stands just outside the faults' own interceptor. */
  readonly awsInterceptor: AwsInterceptor = (call, next) => {
    const { functionArn } = call.caller;
    if (functionArn === undefined) return next();
    const target = `${call.service}:${call.operation}`;
    const caller = this.#shortName(functionArn.split(':').at(-1) ?? '');
    return this.#befall(`${caller} ${target} ${subjectOf(call)}`, target, AWS_FAULTS, next);
  };

  /** Stands just outside the faults' own interceptor. */
  readonly invocationInterceptor: InvocationInterceptor = async ({ functionName }, next) => {
    const shortName = this.#shortName(functionName);
    const target = `lambda:${shortName}`;
    const genesysTarget = GENESYS_TARGETS.get(shortName);
    const rule =
      genesysTarget === undefined ? undefined : this.#throw(genesysTarget, genesysTarget, GENESYS_FAULTS);
    const faults = this.#faults;
    if (rule === undefined || faults === undefined)
      return await this.#befall(target, target, FUNCTION_FAULTS, next);
    const id = faults.add({ ...rule, when: { nth: 1 } });
    this.#armed.add(id);
    try {
      return await this.#befall(target, target, FUNCTION_FAULTS, next);
    } finally {
      faults.remove(id);
      this.#armed.delete(id);
    }
  };

  #befall<Result>(
    dice: string,
    target: string,
    kinds: readonly FaultKind[],
    next: () => Promise<Result>,
  ): Promise<Result> {
    const faults = this.#faults;
    const rule = this.#throw(dice, target, kinds);
    if (rule === undefined || faults === undefined) return next();
    // In force for as long as the call takes to come to it, which is at once.
    const id = faults.add(rule);
    try {
      return next();
    } finally {
      faults.remove(id);
    }
  }

  #throw(name: string, target: string, kinds: readonly FaultKind[]): FaultRule | undefined {
    const { rate, seed } = this.#options;
    if (this.#faults === undefined || rate === 0) return undefined;
    const dice = this.#dice.get(name) ?? seededRandom(seedOf(`${seed} ${name}`));
    this.#dice.set(name, dice);
    if (dice() >= rate) return undefined;
    const kind = kinds[Math.floor(dice() * kinds.length)];
    if (kind === undefined) return undefined;
    return { target, kind, ...(kind === 'delay' && { ms: Math.round(dice() * LONGEST_DELAY_MS) }) };
  }

  #shortName(functionName: string): string {
    return functionName.slice(this.#functionPrefix.length);
  }
}

/** What tells apart the calls of one operation that a function makes at the same time. */
function subjectOf({ input }: AwsCall): string {
  const members = new Map(Object.entries(typeof input === 'object' && input !== null ? input : {}));
  const context: unknown = members.get('EncryptionContext');
  const holds = typeof context === 'object' && context !== null && 'holds' in context ? context.holds : '';
  return [...members.keys(), members.get('VersionStage'), members.get('statusFilter'), holds].join(' ');
}
