import { OPERATIONS_FUNCTIONS } from '../../infra/function-list.ts';
import type { AwsCall, AwsInterceptor } from '../../sandbox/aws/service.ts';
import {
  AWS_FAULTS,
  type FaultKind,
  type FaultRule,
  FUNCTION_FAULTS,
  GENESYS_FAULTS,
} from '../../sandbox/faults/fault-rule.ts';
import type { Faults } from '../../sandbox/faults/faults.ts';
import type { GenesysInterceptor } from '../../sandbox/genesys-cloud/interceptor.ts';
import type {
  InterceptedInvocation,
  InvocationInterceptor,
} from '../../sandbox/lambda/invocation-interceptor.ts';

/** A call that a rotation makes. */
export interface CallSite {
  /** The function that makes the call, or that is invoked by it; the short form of its name. */
  readonly functionName: string;
  readonly sort: 'invocation' | 'aws' | 'genesys';
  /** Tells the calls of a function apart, e.g. `secretsmanager:GetSecretValue of AWSCURRENT`. */
  readonly name: string;
  /** What a fault rule calls it. */
  readonly target: string;
}

/** One fault in one rotation. */
export interface PlannedFault {
  readonly site: CallSite;
  readonly kind: FaultKind;
  /** `once`: the first such call; `lasting`: each, until it is cleared. */
  readonly duration: 'once' | 'lasting';
}

/** What can befall a call. */
export const KINDS: Readonly<Record<CallSite['sort'], readonly FaultKind[]>> = {
  invocation: FUNCTION_FAULTS,
  aws: AWS_FAULTS,
  genesys: GENESYS_FAULTS,
};

/** Longer than the functions wait for AWS: what was asked for is done after they have given up. */
const AWS_DELAY_MS = 1_000;
/** Shorter than they wait for a token, and longer than they wait for a user. */
const GENESYS_DELAY_MS = 3_000;

/** Names a call in a sentence and in `--only`. */
export function nameOf({ functionName, name }: CallSite): string {
  return `${functionName} ${name}`;
}

/**
 * Knows the calls of the rotation that runs, the only one at a time in its sandbox, and lets a fault befall one of
 * them. A call is known by what it asks for and not by its number, because several are under way at once.
 */
export class RotationCalls {
  readonly #functionPrefix: () => string;
  readonly #faults: () => Faults;
  readonly #seen = new Map<string, CallSite>();
  #planned: PlannedFault | undefined;
  #step = '';
  #task = '';

  /**
   * @param functionPrefix what the names of all functions begin with
   * @param faults         is asked, as the prefix is, once calls come
   */
  constructor(functionPrefix: () => string, faults: () => Faults) {
    this.#functionPrefix = functionPrefix;
    this.#faults = faults;
  }

  /** All calls so far, each once: by function in the order of their first call, and by name. */
  sites(): readonly CallSite[] {
    const sites = [...this.#seen.values()];
    const functionNames = [...new Set(sites.map(({ functionName }) => functionName))];
    const rank = ({ functionName, sort }: CallSite): number =>
      functionNames.indexOf(functionName) * 3 + ['invocation', 'aws', 'genesys'].indexOf(sort);
    // The rotation function's names begin with its step, and are in the order of the steps already.
    return sites.sort(
      (a, b) => rank(a) - rank(b) || (a.functionName === 'rotation' ? 0 : a.name < b.name ? -1 : 1),
    );
  }

  /** Lets a fault befall the calls from now on; there is one at a time. */
  plan(fault: PlannedFault): void {
    if (fault.site.sort !== 'genesys') this.#planned = fault;
    else this.#faults().add({ ...ruleOf(fault), when: fault.duration === 'once' ? { nth: 1 } : 'always' });
  }

  /** Takes the cause away. */
  clear(): void {
    this.#planned = undefined;
    this.#faults().clear();
  }

  /** Has to stand just outside the faults' own. */
  readonly awsInterceptor: AwsInterceptor = (call, next) => {
    const functionName = call.caller.functionArn?.split(':').at(-1)?.slice(this.#functionPrefix().length);
    if (functionName === undefined || isBeside(functionName)) return next();
    const target = `${call.service}:${call.operation}`;
    const name = `${this.#stepOf(functionName)}${target}${subjectOf(call)}`;
    return this.#befallen({ functionName, sort: 'aws', name, target }, next);
  };

  /** Has to stand just outside the faults' own. */
  readonly invocationInterceptor: InvocationInterceptor = (invocation, next) => {
    const functionName = invocation.functionName.slice(this.#functionPrefix().length);
    if (isBeside(functionName)) return next();
    if (functionName === 'rotation') this.#step = stepIn(invocation);
    else this.#task = functionName;
    const name = `${this.#stepOf(functionName)}its invocation`;
    return this.#befallen({ functionName, sort: 'invocation', name, target: `lambda:${functionName}` }, next);
  };

  /** Only looks: the rules of the faults do the rest. */
  readonly genesysInterceptor: GenesysInterceptor = ({ endpoint, grantType }, next) => {
    const target = `genesys:${endpoint}`;
    if (this.#task !== '' && grantType !== 'authorization_code')
      this.#note({ functionName: this.#task, sort: 'genesys', name: target, target });
    return next();
  };

  #stepOf(functionName: string): string {
    return functionName === 'rotation' ? `${this.#step}: ` : '';
  }

  /** The rule is in force for as long as the call takes to come to it, which is at once. */
  #befallen<Result>(site: CallSite, next: () => Promise<Result>): Promise<Result> {
    this.#note(site);
    const planned = this.#planned;
    if (planned === undefined || nameOf(planned.site) !== nameOf(site)) return next();
    if (planned.duration === 'once') this.#planned = undefined;
    const faults = this.#faults();
    const rule = faults.add(ruleOf(planned));
    try {
      return next();
    } finally {
      faults.remove(rule);
    }
  }

  #note(site: CallSite): void {
    if (!this.#seen.has(nameOf(site))) this.#seen.set(nameOf(site), site);
  }
}

/** Whether a function works beside the rotations, which do not wait for it. */
function isBeside(functionName: string): boolean {
  return Object.hasOwn(OPERATIONS_FUNCTIONS, functionName);
}

function ruleOf({ site: { sort, target }, kind }: PlannedFault): FaultRule {
  const ms = sort === 'aws' ? AWS_DELAY_MS : GENESYS_DELAY_MS;
  return { target, kind, ...(kind === 'delay' && { ms }) };
}

/** What tells two calls of one operation by one function apart. */
function subjectOf({ input }: AwsCall): string {
  const members = new Map(Object.entries(typeof input === 'object' && input !== null ? input : {}));
  const context: unknown = members.get('EncryptionContext');
  if (typeof context === 'object' && context !== null && 'holds' in context)
    return ` of the ${context.holds}`;
  if (members.get('VersionStage') === 'AWSCURRENT' && !members.has('MoveToVersionId'))
    return ' of AWSCURRENT';
  return members.has('VersionId') ? ' of the pending version' : '';
}

function stepIn({ payload }: InterceptedInvocation): string {
  return typeof payload === 'object' && payload !== null && 'Step' in payload ? String(payload.Step) : '';
}
