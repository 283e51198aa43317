import type { AwsInterceptor, AwsService } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import type { GenesysInterceptor } from '../genesys-cloud/interceptor.ts';
import type { InvocationInterceptor } from '../lambda/invocation-interceptor.ts';
import { Listeners } from '../listeners.ts';
import type { OpenRequests } from '../open-requests.ts';
import { seededRandom, seedOf } from '../seeded-random.ts';
import { awsFault, namedRefusal } from './aws-faults.ts';
import {
  AWS_FAULTS,
  type FaultKind,
  type FaultRule,
  type FaultTiming,
  FUNCTION_FAULTS,
  GENESYS_FAULTS,
  ITEM_WRITE_FAULTS,
  KEY_FAULTS,
  readFaultRule,
} from './fault-rule.ts';
import { type FaultScope, FaultTargets, type FunctionTarget } from './fault-targets.ts';
import { formatFault } from './fault-text.ts';
import { FaultWaits } from './fault-waits.ts';
import { functionFault } from './function-faults.ts';
import { genesysFault } from './genesys-faults.ts';

/** The dependencies of {@link Faults}. */
export interface FaultsOptions {
  readonly clock: Clock;
  /** Seed for `share`: the same seed and rules give the same faults for the same calls (default: 1). */
  readonly seed?: number;
  readonly openRequests: OpenRequests;
  readonly functions: readonly FunctionTarget[];
  /** Called when a rule is added. */
  readonly services: () => readonly AwsService[];
  /** Refuses connections to Genesys Cloud until the returned function is called. */
  readonly refuseGenesys: () => () => Promise<void>;
}

/** An active rule. */
export interface ActiveFault {
  readonly id: number;
  readonly rule: FaultRule;
  /** The rule in its text form. */
  readonly text: string;
  /** The number of times it was injected. */
  readonly injected: number;
}

/** An injected fault. */
export interface InjectedFault {
  /** The id of the rule. */
  readonly rule: number;
  readonly kind: FaultKind;
  /** The full name, without `*`; only `genesys` for refused connections, which affect all endpoints. */
  readonly target: string;
  /** The caller: the short name of a function, or `operator`; absent if unknown. */
  readonly by?: string;
  readonly at: Date;
  /** Absent for Genesys Cloud, whose requests get their id with the response. */
  readonly requestId?: string;
}

interface Rule {
  readonly id: number;
  readonly rule: FaultRule;
  readonly scope: FaultScope;
  readonly trigger: FaultTrigger;
  injected: number;
}

type InterceptedCall = Pick<InjectedFault, 'target' | 'by' | 'requestId'>;

/**
 * The faults of calls in the sandbox. Rules can be added and removed while it runs. Each wraps those added after it: a
 * call that an earlier rule refuses does not reach the later ones and does not count for them.
 */
export class Faults {
  readonly #options: FaultsOptions;
  readonly #targets: FaultTargets;
  readonly #waits: FaultWaits;
  readonly #rules = new Map<number, Rule>();
  readonly #injected: InjectedFault[] = [];
  readonly #listeners = new Listeners<InjectedFault>();
  #lastId = 0;

  /** Calls a listener with each fault just before it takes effect, until the returned function is called. */
  readonly onInjected = this.#listeners.add;

  constructor(options: FaultsOptions) {
    this.#options = options;
    this.#targets = new FaultTargets(options.functions, options.services);
    this.#waits = new FaultWaits(options.clock, options.openRequests);
  }

  /**
   * Adds a rule.
   *
   * @returns its id
   * @throws InvalidFault
   */
  add(rule: FaultRule): number {
    const checked = readFaultRule(rule);
    const scope = this.#targets.scope(checked);
    this.#lastId += 1;
    const id = this.#lastId;
    const trigger = new FaultTrigger(checked.when ?? 'always', `${this.#options.seed ?? 1} ${id}`);
    this.#rules.set(id, { id, rule: checked, scope, trigger, injected: 0 });
    return id;
  }

  /** @returns false when there is no such rule */
  remove(id: number): boolean {
    return this.#rules.delete(id);
  }

  /** Removes all rules. The record of injected faults stays, and hanging calls keep hanging. */
  clear(): void {
    this.#rules.clear();
  }

  /** The active rules, oldest first. */
  rules(): readonly ActiveFault[] {
    return [...this.#rules.values()].map(({ id, rule, injected }) => ({
      id,
      rule,
      text: formatFault(rule),
      injected,
    }));
  }

  /** All injected faults, oldest first. */
  injected(): readonly InjectedFault[] {
    return [...this.#injected];
  }

  /** Wraps each AWS call. */
  readonly awsInterceptor: AwsInterceptor = (call, next) => {
    const target = `${call.service}:${call.operation}`;
    const { functionArn } = call.caller;
    const by =
      functionArn === undefined ? 'operator' : this.#targets.shortName(functionArn.split(':').at(-1) ?? '');
    const matches = ({ rule, scope }: Rule): boolean =>
      scope.targets.has(target) &&
      (rule.by === undefined ? by !== 'operator' || !scope.functionsOnly : rule.by === by);
    return this.#applyRules(
      matches,
      { target, by, requestId: call.requestId },
      next,
      async ({ kind, ms = 0, error }, inner) => {
        if (error !== undefined) throw namedRefusal(error);
        return isOneOf([...AWS_FAULTS, ...ITEM_WRITE_FAULTS, ...KEY_FAULTS], kind)
          ? await awsFault(kind, call, inner, this.#waits, ms)
          : await inner();
      },
    );
  };

  /** Wraps each invocation of a function. */
  readonly invocationInterceptor: InvocationInterceptor = (invocation, next) => {
    const { requestId, functionName } = invocation;
    const shortName = this.#targets.shortName(functionName);
    const timeoutSeconds = this.#targets.function(shortName)?.timeoutSeconds ?? 0;
    const target = `lambda:${shortName}`;
    return this.#applyRules(
      ({ scope }) => scope.targets.has(target),
      { target, requestId },
      () => this.#refusingConnections(shortName, requestId, next),
      ({ kind }, inner) =>
        isOneOf(FUNCTION_FAULTS, kind) ? functionFault(kind, invocation, inner, timeoutSeconds) : inner(),
    );
  };

  /** Wraps each request to Genesys Cloud. */
  readonly genesysInterceptor: GenesysInterceptor = (request, next) => {
    const target = `genesys:${request.endpoint}`;
    return this.#applyRules(
      ({ rule, scope }) => rule.kind !== 'connection-refused' && scope.targets.has(target),
      { target },
      next,
      ({ kind, ms = 0 }, inner) =>
        kind !== 'connection-refused' && isOneOf(GENESYS_FAULTS, kind)
          ? genesysFault(kind, inner, this.#waits, ms)
          : inner(),
    );
  };

  /**
   * The endpoint of a connection is unknown until it is accepted, so all connections are refused while the function
   * runs.
   */
  #refusingConnections<Result>(by: string, requestId: string, next: () => Promise<Result>): Promise<Result> {
    const matches = ({ scope }: Rule): boolean => scope.refusedFunctions.has(by);
    return this.#applyRules(matches, { target: 'genesys', by, requestId }, next, async (_rule, inner) => {
      const accept = this.#options.refuseGenesys();
      try {
        return await inner();
      } finally {
        await accept();
      }
    });
  }

  /** Passes a call through the matching rules. */
  #applyRules<Result>(
    matches: (rule: Rule) => boolean,
    call: InterceptedCall,
    next: () => Promise<Result>,
    inject: (rule: FaultRule, next: () => Promise<Result>) => Promise<Result>,
  ): Promise<Result> {
    const chain = [...this.#rules.values()].filter(matches).reduceRight<() => Promise<Result>>(
      (inner, rule) => async () => {
        if (!rule.trigger.fires(call.target, call.by ?? '')) return await inner();
        this.#record(rule, call);
        return await inject(rule.rule, inner);
      },
      next,
    );
    return chain();
  }

  #record(rule: Rule, call: InterceptedCall): void {
    rule.injected += 1;
    const fault = { rule: rule.id, kind: rule.rule.kind, ...call, at: this.#options.clock.now() };
    this.#injected.push(fault);
    this.#listeners.notify(fault);
  }
}

function isOneOf<Kind extends FaultKind>(kinds: readonly Kind[], kind: FaultKind): kind is Kind {
  return kinds.some(each => each === kind);
}

/**
 * Decides which of a rule's calls get the fault. A share is drawn separately for each target and caller, so that the
 * result does not depend on the order of concurrent calls.
 */
class FaultTrigger {
  readonly #when: FaultTiming;
  readonly #seed: string;
  readonly #generators = new Map<string, () => number>();
  #count = 0;

  /** @param seed the same seed gives the same result for the same calls */
  constructor(when: FaultTiming, seed: string) {
    this.#when = when;
    this.#seed = seed;
  }

  /** Counts a call and decides whether it gets the fault. */
  fires(target: string, caller: string): boolean {
    this.#count += 1;
    if (this.#when === 'always') return true;
    if ('nth' in this.#when) return this.#count === this.#when.nth;
    if ('from' in this.#when) return this.#count >= this.#when.from;
    return this.#draw(`${target} ${caller}`) < this.#when.share;
  }

  #draw(of: string): number {
    const random = this.#generators.get(of) ?? seededRandom(seedOf(`${this.#seed} ${of}`));
    this.#generators.set(of, random);
    return random();
  }
}
