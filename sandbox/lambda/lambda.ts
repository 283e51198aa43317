import { randomUUID } from 'node:crypto';
import type { Account } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { AccessKey } from '../aws/identities.ts';
import type { AwsService } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { Latencies } from '../latencies.ts';
import { AsyncInvocations } from './async-invocations.ts';
import { Concurrency } from './concurrency.ts';
import type { FunctionDefinition, FunctionIdentity } from './function-definition.ts';
import { FunctionLogs, type LogLine } from './function-logs.ts';
import { type FoundFunction, FunctionRegistry } from './function-registry.ts';
import {
  type InterceptedInvocation,
  type InvocationInterceptor,
  intercepted,
} from './invocation-interceptor.ts';
import type {
  EventInvoker,
  FunctionInvoker,
  Invocation,
  InvocationOrigin,
  InvokingService,
} from './invoker.ts';
import { type InvokedFunction, lambdaOperations } from './operations.ts';
import { toInvocation } from './outcome.ts';
import { checkPayload } from './payload-limits.ts';
import { newLogStreamName, processVariables } from './process-variables.ts';
import { RoleUse } from './role-use.ts';
import { RunningInvocations } from './running-invocations.ts';
import type { WarmProcesses } from './warm-processes.ts';

/** The dependencies of the emulated Lambda. */
export interface LambdaOptions extends Account {
  readonly clock: Clock;
  /** Authorises invocations by services, and Lambda's own use of a function's role. */
  readonly authorizer: Authorizer;
  /** The statements of the policy of a function, version or alias (default: none). */
  readonly policyOf?: (functionArn: string) => readonly object[];
  /** Issues the access keys for a new process of the function. */
  readonly credentialsFor: (identity: FunctionIdentity) => AccessKey;
  /** Variables that the sandbox adds, such as `AWS_ENDPOINT_URL`; they override the function's own. */
  readonly extraEnvironment?: () => Readonly<Record<string, string>>;
  readonly interceptors?: readonly InvocationInterceptor[];
  /** The additional duration of invocations and cold starts. */
  readonly latencies?: Pick<Latencies, 'invocation' | 'coldStart'>;
  /** The account's concurrency (default: 1000, as in Lambda). */
  readonly concurrencyLimit?: number;
  /** Warm processes to keep per function and version (default: 10). */
  readonly maxIdleEnvironments?: number;
  /** Passes warm processes from one account to the next. */
  readonly warmProcesses?: WarmProcesses;
  /** Called whenever an invocation begins, reaches its process, or ends. */
  readonly onChange?: () => void;
}

/**
 * AWS Lambda: runs each function in its own Node.js processes, as deployed. With a running clock, functions and their
 * timeouts take real time, and their `Date` starts at the sandbox's. With virtual time, a function's timeout, timers
 * and `Date` follow the clock, and computation takes no time.
 */
export class Lambda implements AwsService, FunctionInvoker, EventInvoker {
  readonly id = 'lambda';
  readonly operations: ReturnType<typeof lambdaOperations>;
  /** The running invocations. */
  readonly invocations: RunningInvocations;
  readonly #options: LambdaOptions;
  readonly #functions: FunctionRegistry;
  readonly #roles: RoleUse;
  readonly #concurrency: Concurrency;
  readonly #logs = new FunctionLogs();
  readonly #events: AsyncInvocations;
  #closed: boolean = false;

  constructor(options: LambdaOptions) {
    this.#options = options;
    this.#roles = new RoleUse(options.authorizer, options);
    this.invocations = new RunningInvocations(options.onChange ?? (() => undefined));
    this.#functions = new FunctionRegistry({
      accountId: options.accountId,
      region: options.region,
      partition: options.partition,
      clock: options.clock,
      invocations: this.invocations,
      environmentOptions: (definition, version) => this.#environmentOptions(definition, version),
      maxIdleEnvironments: options.maxIdleEnvironments ?? 10,
      coldStartMs: functionName => options.latencies?.coldStart?.(functionName) ?? 0,
      warmProcesses: options.warmProcesses,
    });
    this.#concurrency = new Concurrency(options.concurrencyLimit ?? 1000);
    this.#events = new AsyncInvocations(options.clock);
    this.operations = lambdaOperations({
      functions: this.#functions,
      policyOf: options.policyOf,
      invoke: invoked => this.#invoke(invoked),
      accept: invoked => this.#accept(invoked),
      tail: (functionName, requestId) => this.#logs.tail(functionName, requestId),
    });
  }

  /**
   * Deploys a function.
   *
   * @returns its ARN
   * @throws AwsError ResourceConflictException (409) the name is already in use
   * @throws AwsError InvalidParameterValueException  its runtime is not Node.js, or Lambda cannot use its role
   * @throws Error the folder with its code does not exist
   */
  createFunction(definition: FunctionDefinition): string {
    this.#roles.requireForCreation(definition, this.#functions.arn(definition.name));
    return this.#functions.add(definition);
  }

  /**
   * Deploys other code or configuration for an existing function; running invocations keep theirs.
   *
   * @throws AwsError ResourceNotFoundException (404)
   */
  updateFunction(definition: FunctionDefinition): void {
    this.#functions.find(definition.name).hosted.replace(definition);
  }

  /** Whether there is a deployed function with this name or ARN, including its qualifier if any. */
  hasFunction(functionArn: string): boolean {
    return this.#functions.has(functionArn);
  }

  /** Whether the function's policy allows a service to invoke it for the given resource. */
  mayBeInvoked(functionArn: string, source: InvokingService, sourceArn: string): boolean {
    return this.#roles.mayInvoke(this.#functions.requestedArn(functionArn), source, sourceArn);
  }

  async invoke(
    functionArn: string,
    payload: unknown,
    source: InvokingService,
    origin?: InvocationOrigin,
  ): Promise<Invocation> {
    this.#roles.requireInvocation(this.#functions.requestedArn(functionArn), source, origin);
    const text = payload === undefined ? '{}' : JSON.stringify(payload);
    return await this.#invoke(unqualified(functionArn, text), source);
  }

  async invokeEvent(
    functionArn: string,
    payload: unknown,
    source: InvokingService,
    origin?: InvocationOrigin,
  ): Promise<void> {
    this.#roles.requireInvocation(this.#functions.requestedArn(functionArn), source, origin);
    this.#accept(unqualified(functionArn, JSON.stringify(payload ?? {})), source);
  }

  /** Kills the processes of a function's running invocations, which fail with `Runtime.ExitError`. */
  killRunning(functionName: string): void {
    this.#functions.find(functionName).hosted.killRunning();
  }

  /** The latest 10,000 lines that a function wrote, oldest first. */
  logs(functionName: string): readonly LogLine[] {
    return this.#logs.of(functionName);
  }

  /**
   * Calls `listener` with every line that a function writes.
   *
   * @returns a function that unsubscribes
   */
  onLog(listener: (line: LogLine) => void): () => void {
    return this.#logs.onLine(listener);
  }

  /** Kills all function processes, including busy ones, and waits until they have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#events.close();
    await this.#functions.close();
  }

  #accept(invoked: InvokedFunction, source?: InvokingService): void {
    const { functionName, qualifier, payload, requestId } = invoked;
    const { name } = this.#functions.find(functionName, qualifier);
    checkPayload(payload, 'Event');
    this.#events.accept(
      () => this.#invoke(invoked, source),
      reason => this.#note(name, `Event discarded: ${reason}`, requestId),
    );
  }

  async #invoke(invoked: InvokedFunction, source?: InvokingService): Promise<Invocation> {
    const { functionName, qualifier, payload, requestId } = invoked;
    const target = this.#functions.find(functionName, qualifier);
    checkPayload(payload, 'RequestResponse');
    const invocation: InterceptedInvocation = {
      functionName: target.name,
      functionArn: target.arn,
      payload: JSON.parse(payload),
      requestId,
      source,
    };
    const run = intercepted(this.#options.interceptors ?? [], invocation, () =>
      this.#run(target, payload, requestId),
    );
    return await this.invocations.track(run);
  }

  async #run(target: FoundFunction, payload: string, requestId: string): Promise<Invocation> {
    const { clock, latencies } = this.#options;
    await this.invocations.sleep(clock, latencies?.invocation?.(target.name) ?? 0);
    if (this.#closed) throw new AwsError('ServiceException', 'Lambda is closed.', { statusCode: 500 });
    const endInvocation = this.#concurrency.enter(target.name, this.#functions.reservedConcurrency());
    try {
      this.#roles.trace(target.hosted.definition);
      const outcome = await target.hosted.run(target.version, {
        requestId,
        payload,
        functionArn: target.invokedArn,
      });
      return { ...toInvocation(outcome, requestId), executedVersion: target.version };
    } finally {
      endInvocation();
    }
  }

  #environmentOptions(definition: FunctionDefinition, version: string) {
    const { clock, region, credentialsFor, extraEnvironment } = this.#options;
    const identity = {
      name: definition.name,
      arn: this.#functions.arn(definition.name),
      roleArn: definition.roleArn,
    };
    const logStreamName = newLogStreamName(version, clock.now());
    const variables = processVariables({
      definition,
      region,
      version,
      credentials: credentialsFor(identity),
      extra: extraEnvironment?.() ?? {},
      logStreamName,
    });
    return {
      variables,
      memoryMb: definition.memoryMb,
      clock,
      onLine: (text: string, stream: 'stdout' | 'stderr', requestId: string | undefined) =>
        this.#log(definition, logStreamName, { text, stream, requestId }),
    };
  }

  #log(
    definition: FunctionDefinition,
    logStreamName: string,
    line: Pick<LogLine, 'text' | 'stream' | 'requestId'>,
  ): void {
    const delivered = this.#roles.mayWriteLog(definition, logStreamName);
    this.#logs.add({ ...line, functionName: definition.name, at: this.#options.clock.now() }, delivered);
  }

  /** Adds a message of the sandbox to a function's log. */
  #note(functionName: string, text: string, requestId: string): void {
    this.#logs.add({ functionName, text, stream: 'stderr', at: this.#options.clock.now(), requestId });
  }
}

/** An invocation without a separate qualifier. */
function unqualified(functionName: string, payload: string): InvokedFunction {
  return { functionName, qualifier: undefined, payload, requestId: randomUUID() };
}
