import { cpSync, existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AwsError } from '../aws/aws-error.ts';
import type { Clock } from '../clock.ts';
import { removeTemporaryFolder, temporaryFolder } from '../temporary-folders.ts';
import { EnvironmentPool } from './environment-pool.ts';
import { type EnvironmentOptions, ExecutionEnvironment } from './execution-environment.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { Outcome } from './outcome.ts';
import type { RunningInvocations } from './running-invocations.ts';
import type { InvokeMessage } from './runtime-messages.ts';
import { processTime } from './stepped-process.ts';
import type { WarmProcesses } from './warm-processes.ts';

/** A request to invoke the function. */
type Request = Pick<InvokeMessage, 'requestId' | 'functionArn' | 'payload'>;

/** The options of a function's processes. */
export interface HostingOptions {
  readonly clock: Clock;
  readonly invocations: RunningInvocations;
  /** The start options of a process of this version. */
  readonly environmentOptions: (definition: FunctionDefinition, version: string) => EnvironmentOptions;
  readonly maxIdleEnvironments: number;
  /** The duration of a cold start in sandbox time. */
  readonly coldStartMs: (functionName: string) => number;
  /** Passes warm processes from one sandbox to the next. */
  readonly warmProcesses?: WarmProcesses;
}

/** A deployed function: its definition, its unpacked code and its processes. */
export class HostedFunction {
  readonly #options: HostingOptions;
  #definition: FunctionDefinition;
  #code: DeployedCode;
  /** Versions do not share processes, as in Lambda. */
  readonly #pools = new Map<string, EnvironmentPool>();
  /** Pools and code of replaced definitions, whose last invocations may still be running. */
  readonly #replaced: { pools: readonly EnvironmentPool[]; code: DeployedCode }[] = [];

  /** @throws AwsError InvalidParameterValueException a runtime that is not Node.js */
  constructor(definition: FunctionDefinition, options: HostingOptions) {
    this.#options = options;
    this.#definition = requireNodeRuntime(definition);
    this.#code = new DeployedCode(definition.codeDirectory);
  }

  get definition(): FunctionDefinition {
    return this.#definition;
  }

  /** Deploys another definition; running invocations keep their code. */
  replace(definition: FunctionDefinition): void {
    requireNodeRuntime(definition);
    const code = new DeployedCode(definition.codeDirectory);
    const pools = [...this.#pools.values()];
    for (const pool of pools) pool.retire();
    this.#replaced.push({ pools, code: this.#code });
    this.#pools.clear();
    this.#definition = definition;
    this.#code = code;
  }

  /** The version of a qualifier; undefined if it does not exist. */
  version(qualifier = '$LATEST'): string | undefined {
    const { versions, aliases } = this.#definition;
    const version = aliases[qualifier] ?? qualifier;
    return version === '$LATEST' || versions.includes(version) ? version : undefined;
  }

  /** Runs an invocation in a warm process, or in a new one if none is free. */
  async run(version: string, request: Request): Promise<Outcome> {
    const { clock, invocations, coldStartMs } = this.#options;
    const pool = this.#pool(version);
    const environment = pool.acquire();
    const timeoutMs = this.#definition.timeoutSeconds * 1000;
    try {
      if (environment.isCold) await invocations.sleep(clock, coldStartMs(this.#definition.name));
      const message = { type: 'invoke', ...request, timeoutMs, time: processTime(clock) } as const;
      return await invocations.trackProcess(environment, () => environment.invoke(message));
    } finally {
      pool.release(environment);
    }
  }

  /** Kills the processes of all running invocations. */
  killRunning(): void {
    for (const pool of this.#pools.values()) pool.killBusy();
  }

  /** Keeps warm processes for the next sandbox, kills the others, and removes the unpacked code. */
  async close(): Promise<void> {
    const { warmProcesses } = this.#options;
    const present = [...this.#pools].map(([version, pool]) =>
      pool.close(environment => warmProcesses?.keep(this.#kind(version), environment) ?? false),
    );
    const replaced = this.#replaced.flatMap(({ pools }) => pools.map(pool => pool.close()));
    await Promise.all([...present, ...replaced]);
    for (const { code } of this.#replaced) code.remove();
    this.#code.remove();
  }

  #pool(version: string): EnvironmentPool {
    const existing = this.#pools.get(version);
    if (existing) return existing;
    const definition = this.#definition;
    const code = this.#code;
    const { environmentOptions, maxIdleEnvironments, warmProcesses } = this.#options;
    const kind = this.#kind(version);
    const pool = new EnvironmentPool(() => {
      const options = environmentOptions(definition, version);
      return warmProcesses?.take(kind, options) ?? new ExecutionEnvironment(options, code.taskRoot());
    }, maxIdleEnvironments);
    this.#pools.set(version, pool);
    return pool;
  }

  /** Processes with the same key are interchangeable. */
  #kind(version: string): string {
    return JSON.stringify([this.#definition, version, this.#options.clock.isVirtual]);
  }
}

function requireNodeRuntime(definition: FunctionDefinition): FunctionDefinition {
  if (!definition.runtime.startsWith('nodejs')) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Function ${definition.name}: the runtime ${definition.runtime} is not emulated; only Node.js runtimes are.`,
    );
  }
  return definition;
}

/** The code of a function, unpacked for its first process: warm processes do not need it. */
class DeployedCode {
  readonly #codeDirectory: string;
  #taskRoot: string | undefined;

  /** @throws Error the folder with the code does not exist */
  constructor(codeDirectory: string) {
    if (!statSync(codeDirectory, { throwIfNoEntry: false })?.isDirectory()) {
      throw new Error(`The function's code is missing: ${codeDirectory} is not a folder.`);
    }
    this.#codeDirectory = codeDirectory;
  }

  /**
   * The counterpart of Lambda's `/var/task`. It is outside this project, so that a module that is missing from the
   * bundle is also missing here.
   */
  taskRoot(): string {
    if (this.#taskRoot !== undefined) return this.#taskRoot;
    this.#taskRoot = temporaryFolder();
    cpSync(this.#codeDirectory, this.#taskRoot, { recursive: true });
    const packageJson = path.join(this.#taskRoot, 'package.json');
    // Lambda treats a .js file as CommonJS unless a package.json within the code says otherwise.
    if (!existsSync(packageJson)) writeFileSync(packageJson, '{"type":"commonjs"}');
    return this.#taskRoot;
  }

  /** Removes the unpacked code. */
  remove(): void {
    if (this.#taskRoot !== undefined) removeTemporaryFolder(this.#taskRoot);
  }
}
