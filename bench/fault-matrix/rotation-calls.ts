import { OPERATIONS_FUNCTIONS } from '../../infra/function-list.ts';
import { ConnectionDropped } from '../../sandbox/aws/interruptions.ts';
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
import {
  GenesysConnectionDropped,
  type GenesysInterceptor,
} from '../../sandbox/genesys-cloud/interceptor.ts';
import type {
  InterceptedInvocation,
  InvocationInterceptor,
} from '../../sandbox/lambda/invocation-interceptor.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Scenario } from './scenarios.ts';

/** A call that a rotation makes. */
export interface CallSite {
  /** The short name of the function that makes the call or is invoked by it. */
  readonly functionName: string;
  readonly sort: 'invocation' | 'aws' | 'genesys';
  /** Distinguishes the calls of a function, e.g. `secretsmanager:GetSecretValue of AWSCURRENT`. */
  readonly name: string;
  /** The target of a fault rule. */
  readonly target: string;
}

/** The function's process is killed right before a write has its effect, or right after it. */
export const KILLS = ['killed-before', 'killed-after'] as const;

type Kill = (typeof KILLS)[number];

/** A fault of a call. */
export type MatrixFault = FaultKind | Kill;

/** One fault in one rotation. */
export interface PlannedFault {
  readonly scenario: Scenario;
  readonly site: CallSite;
  readonly kind: MatrixFault;
  /** `once`: the first such call; `lasting`: each, until it is cleared. */
  readonly duration: 'once' | 'lasting';
}

const KINDS: Readonly<Record<CallSite['sort'], readonly MatrixFault[]>> = {
  invocation: FUNCTION_FAULTS,
  aws: [...AWS_FAULTS, ...ITEM_WRITE_FAULTS, ...KILLS],
  genesys: [...GENESYS_FAULTS, ...KILLS],
};

/** The calls that change state. */
const WRITES: ReadonlySet<string> = new Set([
  ...ITEM_WRITES,
  'secretsmanager:PutSecretValue',
  'secretsmanager:UpdateSecretVersionStage',
  'states:StartExecution',
  'genesys:token',
]);

/** Longer than the functions wait for AWS, so the call takes effect after they have given up. */
const AWS_DELAY_MS = 1_000;
/** Shorter than the functions wait for Genesys Cloud. */
const GENESYS_DELAY_MS = 3_000;

/** The kinds of faults that a call can have. */
export function kindsOf({ sort, target }: CallSite): readonly MatrixFault[] {
  return KINDS[sort].filter(kind => {
    if (isKill(kind)) return WRITES.has(target);
    return ITEM_WRITES.has(target) || !isItemWriteFault(kind);
  });
}

/** The name of a call, in texts and for `--only`. */
export function nameOf({ functionName, name }: CallSite): string {
  return `${functionName} ${name}`;
}

/**
 * Identifies the calls of the running rotation and injects a fault into one of them. A sandbox runs one rotation at a
 * time. Calls are identified by their input, not by their order, because some are made in parallel.
 */
export class RotationCalls {
  readonly #functionPrefix: () => string;
  readonly #sandbox: () => Sandbox;
  readonly #seen = new Map<string, CallSite>();
  #currentToken = '';
  #planned: PlannedFault | undefined;
  #step = '';
  #task = '';

  /**
   * @param functionPrefix the common prefix of the functions' names
   * @param sandbox        like functionPrefix, not called before the first call arrives
   */
  constructor(functionPrefix: () => string, sandbox: () => Sandbox) {
    this.#functionPrefix = functionPrefix;
    this.#sandbox = sandbox;
  }

  get #faults(): Faults {
    return this.#sandbox().faults;
  }

  /**
   * Clears the recorded calls.
   *
   * @param currentToken the journal's fingerprint of the refresh token in AWSCURRENT
   */
  begin(currentToken: string): void {
    this.#seen.clear();
    this.#currentToken = currentToken;
  }

  /** The distinct calls so far, by function (in the order of first use), then by sort and name. */
  sites(): readonly CallSite[] {
    const sites = [...this.#seen.values()];
    const functionNames = [...new Set(sites.map(({ functionName }) => functionName))];
    const rank = ({ functionName, sort }: CallSite): number =>
      functionNames.indexOf(functionName) * 3 + ['invocation', 'aws', 'genesys'].indexOf(sort);
    // The calls of the rotation function start with the step's name and are already in step order.
    return sites.sort(
      (a, b) => rank(a) - rank(b) || (a.functionName === 'rotation' ? 0 : a.name < b.name ? -1 : 1),
    );
  }

  /** Injects a fault; call {@link clear} before the next one. */
  plan(fault: PlannedFault): void {
    if (fault.site.sort !== 'genesys' || isKill(fault.kind)) this.#planned = fault;
    else this.#faults.add({ ...ruleOf(fault), when: fault.duration === 'once' ? { nth: 1 } : 'always' });
  }

  /** Removes the fault, and every other rule. */
  clear(): void {
    this.#planned = undefined;
    this.#faults.clear();
  }

  /** Must be the innermost interceptor except for that of the fault rules. */
  readonly awsInterceptor: AwsInterceptor = (call, next) => {
    const functionName = call.caller.functionArn?.split(':').at(-1)?.slice(this.#functionPrefix().length);
    if (functionName === undefined || isOperationsFunction(functionName)) return next();
    const target = `${call.service}:${call.operation}`;
    const name = `${this.#stepOf(functionName)}${target}${this.#subjectOf(call)}`;
    return this.#intercept({ functionName, sort: 'aws', name, target }, next);
  };

  /** Must be the innermost interceptor except for that of the fault rules. */
  readonly invocationInterceptor: InvocationInterceptor = (invocation, next) => {
    const functionName = invocation.functionName.slice(this.#functionPrefix().length);
    if (isOperationsFunction(functionName)) return next();
    if (functionName === 'rotation') this.#step = stepIn(invocation);
    else this.#task = functionName;
    const name = `${this.#stepOf(functionName)}its invocation`;
    return this.#intercept(
      { functionName, sort: 'invocation', name, target: `lambda:${functionName}` },
      next,
    );
  };

  /** Records the call and kills its function; fault rules inject the other kinds. */
  readonly genesysInterceptor: GenesysInterceptor = async ({ endpoint, grantType }, next) => {
    if (this.#task === '' || grantType === 'authorization_code') return await next();
    const target = `genesys:${endpoint}`;
    const site: CallSite = { functionName: this.#task, sort: 'genesys', name: target, target };
    this.#record(site);
    const kind = this.#take(site)?.kind;
    if (kind === undefined) return await next();
    if (kind === 'killed-after') await next();
    this.#kill(site);
    throw new GenesysConnectionDropped();
  };

  #stepOf(functionName: string): string {
    return functionName === 'rotation' ? `${this.#step}: ` : '';
  }

  #intercept<Result>(site: CallSite, next: () => Promise<Result>): Promise<Result> {
    this.#record(site);
    const planned = this.#take(site);
    if (planned === undefined) return next();
    if (isKill(planned.kind)) return this.#killAround(site, planned.kind, next);
    const faults = this.#faults;
    const rule = faults.add(ruleOf(planned));
    // The call evaluates the rules synchronously, so the rule can be removed immediately.
    try {
      return next();
    } finally {
      faults.remove(rule);
    }
  }

  /** Returns the fault for a call; a fault that occurs once is then removed. */
  #take(site: CallSite): PlannedFault | undefined {
    const planned = this.#planned;
    if (planned === undefined || nameOf(planned.site) !== nameOf(site)) return undefined;
    if (planned.duration === 'once') this.#planned = undefined;
    return planned;
  }

  async #killAround<Result>(site: CallSite, kind: Kill, next: () => Promise<Result>): Promise<never> {
    if (kind === 'killed-after') await next();
    this.#kill(site);
    throw new ConnectionDropped();
  }

  #kill({ functionName }: CallSite): void {
    this.#sandbox().lambda.killRunning(`${this.#functionPrefix()}${functionName}`);
  }

  #record(site: CallSite): void {
    if (!this.#seen.has(nameOf(site))) this.#seen.set(nameOf(site), site);
  }

  /** Distinguishes two calls of one operation by one function. */
  #subjectOf({ operation, input }: AwsCall): string {
    const members = membersOf(input);
    const holds = membersOf(members.get('EncryptionContext')).get('holds');
    if (holds !== undefined) return ` of the ${holds}`;
    if (operation === 'GetItem') return ` of the ${this.#itemName(membersOf(members.get('Key')))}`;
    if (members.get('VersionStage') === 'AWSCURRENT' && !members.has('MoveToVersionId'))
      return ' of AWSCURRENT';
    return members.has('VersionId') ? ' of the pending version' : '';
  }

  #itemName(key: ReadonlyMap<string, unknown>): string {
    const [partition, sort] = ['pk', 'sk'].map(name => String(membersOf(key.get(name)).get('S')));
    if (sort !== 'token') return 'lineage';
    return partition === `token#${this.#currentToken}` ? 'current token' : 'newest token';
  }
}

/** Whether a function is not part of a rotation. */
function isOperationsFunction(functionName: string): boolean {
  return Object.hasOwn(OPERATIONS_FUNCTIONS, functionName);
}

function isItemWriteFault(kind: MatrixFault): boolean {
  return ITEM_WRITE_FAULTS.some(each => each === kind);
}

function isKill(kind: MatrixFault): kind is Kill {
  return KILLS.some(each => each === kind);
}

function ruleOf({ site: { sort, target }, kind }: PlannedFault): FaultRule {
  if (isKill(kind)) throw new Error(`${kind} is not a fault of the sandbox.`);
  const ms = sort === 'aws' ? AWS_DELAY_MS : GENESYS_DELAY_MS;
  return { target, kind, ...(kind === 'delay' && { ms }) };
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(typeof value === 'object' && value !== null ? value : {}));
}

function stepIn({ payload }: InterceptedInvocation): string {
  return String(membersOf(payload).get('Step') ?? '');
}
