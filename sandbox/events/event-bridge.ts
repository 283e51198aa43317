import { AwsError } from '../aws/aws-error.ts';
import type { Clock } from '../clock.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations.ts';
import type { EventInvoker } from '../lambda/invoker.ts';
import { Listeners } from '../listeners.ts';
import { type BusAccount, type BusEvent, busEvent, type EventEntry } from './bus-event.ts';
import { type EventMatcher, eventMatcher, RuleNotEmulated } from './event-pattern.ts';

/** The behaviour switches of the emulation. */
export interface EventBridgeBehaviour {
  /** Which rules are active (default: `all`). Disabling schedules makes long simulations faster. */
  readonly rules: 'all' | 'patterns' | 'none';
}

/** See {@link EventBridgeBehaviour}. */
export const DEFAULT_EVENTS_BEHAVIOUR: EventBridgeBehaviour = {
  rules: 'all',
};

/** A rule: it has a pattern, a schedule, or both. */
export interface RuleSpecification {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly eventPattern?: unknown;
  /** `rate(…)`; other expressions are rejected. */
  readonly scheduleExpression?: string | undefined;
  /** ARNs of functions, versions or aliases. */
  readonly targetArns: readonly string[];
}

/** An attempt to deliver an event to a target. */
export interface Delivery {
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly event: BusEvent;
  /** Lambda's error, e.g. `AccessDeniedException` without a permission for the rule. */
  readonly errorType?: string;
}

/** The dependencies of the emulated EventBridge. */
export interface EventBridgeOptions extends BusAccount {
  readonly clock: Clock;
  /** Invokes the targets. */
  readonly functions: EventInvoker;
  readonly behaviour?: Partial<EventBridgeBehaviour>;
}

interface Rule {
  readonly specification: RuleSpecification;
  readonly matches: EventMatcher;
}

const MAX_DELIVERIES = 1000;
const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]*:\d{12}:function:[^:]+(:[^:]+)?$/;

/**
 * Amazon EventBridge: the default bus with its rules, whose targets are functions. Events are delivered without delay.
 * As in EventBridge, an event is dropped when Lambda rejects it because the permission or the function is missing.
 *
 * Source: Amazon EventBridge User Guide, "Event bus targets in Amazon EventBridge" and "How EventBridge retries
 * delivering events".
 */
export class EventBridge {
  readonly #clock: Clock;
  readonly #account: BusAccount;
  readonly #functions: EventInvoker;
  readonly #behaviour: EventBridgeBehaviour;
  readonly #rules: Rule[] = [];
  readonly #deliveries: Delivery[] = [];
  readonly #listeners = new Listeners<BusEvent>();

  /**
   * Calls a listener with every event, including scheduled events, before it is delivered, until the returned function
   * is called.
   */
  readonly onEvent = this.#listeners.add;

  constructor(options: EventBridgeOptions) {
    this.#clock = options.clock;
    this.#account = { accountId: options.accountId, region: options.region };
    this.#functions = options.functions;
    this.#behaviour = { ...DEFAULT_EVENTS_BEHAVIOUR, ...options.behaviour };
  }

  /**
   * Adds a rule; a schedule first fires after one full interval.
   *
   * @throws RuleNotEmulated for a filter, schedule or target that is not emulated
   * @throws Error InvalidEventPattern, InvalidScheduleExpression
   */
  createRule(specification: RuleSpecification): void {
    for (const arn of specification.targetArns) {
      if (!FUNCTION_ARN.test(arn))
        throw new RuleNotEmulated(`the target ${arn} of the rule ${specification.name}`);
    }
    const { eventPattern, scheduleExpression } = specification;
    const rule: Rule = {
      specification,
      matches: eventPattern === undefined ? () => false : eventMatcher(eventPattern),
    };
    this.#rules.push(rule);
    if (scheduleExpression === undefined) return;
    const intervalMs = rateMs(scheduleExpression);
    if (this.#behaviour.rules === 'all') this.#schedule(rule, intervalMs);
  }

  /** Puts a service's event on the bus. */
  put(entry: EventEntry): void {
    const event = this.#emit(entry);
    if (this.#behaviour.rules === 'none') return;
    for (const { specification, matches } of this.#rules) {
      if (specification.enabled && matches(event)) this.#deliver(specification, event);
    }
  }

  /** The latest 1000 deliveries, oldest first. */
  deliveries(): readonly Delivery[] {
    return [...this.#deliveries];
  }

  #schedule(rule: Rule, intervalMs: number): void {
    this.#clock.schedule(intervalMs, () => {
      this.#schedule(rule, intervalMs);
      if (!rule.specification.enabled) return;
      const event = this.#emit({
        source: 'aws.events',
        detailType: 'Scheduled Event',
        at: this.#clock.now(),
        resources: [rule.specification.arn],
        detail: {},
      });
      this.#deliver(rule.specification, event);
    });
  }

  #emit(entry: EventEntry): BusEvent {
    const event = busEvent(entry, this.#account);
    this.#listeners.notify(event);
    return event;
  }

  #deliver({ arn: ruleArn, targetArns }: RuleSpecification, event: BusEvent): void {
    for (const targetArn of targetArns) {
      const delivery = { ruleArn, targetArn, event };
      void this.#functions.invokeEvent(targetArn, event, 'events.amazonaws.com', { sourceArn: ruleArn }).then(
        () => this.#record(delivery),
        (error: unknown) =>
          this.#record({ ...delivery, errorType: error instanceof AwsError ? error.type : String(error) }),
      );
    }
  }

  #record(delivery: Delivery): void {
    this.#deliveries.push(delivery);
    if (this.#deliveries.length > MAX_DELIVERIES) this.#deliveries.shift();
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

/**
 * The interval of a schedule expression `rate(…)`, in ms.
 *
 * Source: Amazon EventBridge User Guide, "Creating a scheduled rule": the unit is singular for 1, plural otherwise.
 *
 * @throws RuleNotEmulated for `cron(…)`
 * @throws InvalidScheduleExpression
 */
function rateMs(expression: string): number {
  if (expression.startsWith('cron(')) throw new RuleNotEmulated(`the schedule expression ${expression}`);
  const [, count = '', unit = '', plural] =
    /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs === undefined || (plural === '') !== (count === '1')) {
    throw new InvalidScheduleExpression(`Parameter ScheduleExpression is not valid: ${expression}`);
  }
  return Number(count) * unitMs;
}

/** EventBridge would reject the schedule. */
class InvalidScheduleExpression extends Error {
  override readonly name = 'InvalidScheduleExpression';
}
