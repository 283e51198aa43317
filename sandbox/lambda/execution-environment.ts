import { type ChildProcess, fork } from 'node:child_process';
import { AwsError } from '../aws/aws-error.ts';
import type { Clock } from '../clock.ts';
import { plainJavaScript } from '../plain-javascript.ts';
import { LineReader } from './line-reader.ts';
import type { Outcome } from './outcome.ts';
import type { ErrorObject, IdleMessage, InvokeMessage, RuntimeMessage } from './runtime-messages.ts';
import { processTime, SteppedProcess } from './stepped-process.ts';

/** The options of a function's process. */
export interface EnvironmentOptions {
  /** Its environment variables, to which LAMBDA_TASK_ROOT is added; nothing is inherited. */
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly clock: Clock;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr', requestId: string | undefined) => void;
}

interface Running {
  readonly message: InvokeMessage;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: AwsError) => void;
}

const RUNTIME = new URL('./runtime.ts', import.meta.url);

/** AWS Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle". */
const INIT_LIMIT_MS = 10_000;

/** With virtual time: how much longer than its timeout a function may run in real time. */
const BUSY_LOOP_GRACE_MS = 60_000;

/** Lambda's messages for the signals that end a Node.js process. */
const SIGNAL_TEXTS: Readonly<Record<string, string>> = {
  SIGKILL: 'signal: killed',
  SIGABRT: 'signal: aborted (core dumped)',
  SIGSEGV: 'signal: segmentation fault (core dumped)',
  SIGTERM: 'signal: terminated',
};

/**
 * One process of a function: warm between invocations, one invocation at a time. It ends on a timeout, a crash, or with
 * this process, and must then be replaced.
 */
export class ExecutionEnvironment {
  /** Resolves once the process has ended and all its output has been read. */
  readonly ended: Promise<void>;
  #options: EnvironmentOptions;
  readonly #process: ChildProcess;
  readonly #readers: readonly LineReader[];
  #usable: boolean = true;
  #exited: boolean = false;
  #ready: boolean = false;
  #invoked: boolean = false;
  readonly #started = Promise.withResolvers<void>();
  #running: Running | undefined;
  /** The result of the running invocation, while its last lines are still being read. */
  #outcome: Outcome | undefined;
  /** Result when the process has already exited. */
  #end: ((requestId: string) => Outcome) | undefined;
  #killTimer: NodeJS.Timeout | undefined;
  #stepped: SteppedProcess | undefined;

  /**
   * Starts the process, which immediately loads the function's code.
   *
   * @param taskRoot the folder with the unpacked code
   */
  constructor(options: EnvironmentOptions, taskRoot: string) {
    this.#options = options;
    this.#process = fork(plainJavaScript(RUNTIME), [JSON.stringify(processTime(options.clock))], {
      env: { ...options.variables, LAMBDA_TASK_ROOT: taskRoot },
      execArgv: [`--max-old-space-size=${options.memoryMb}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A separate process group: an interrupt from the terminal must not reach a running function.
      detached: true,
    });
    this.#stepped = this.#steppedBy(options.clock);
    const { stdout, stderr } = this.#process;
    const requestId = (): string | undefined => (this.#ready ? this.#running?.message.requestId : undefined);
    this.#readers = [
      ...(stdout ? [new LineReader(stdout, line => this.#options.onLine(line, 'stdout', requestId()))] : []),
      ...(stderr ? [new LineReader(stderr, line => this.#options.onLine(line, 'stderr', requestId()))] : []),
    ];
    this.ended = new Promise(resolve => {
      this.#process.on('close', (code, signal) => {
        this.#onClose(code, signal);
        resolve();
      });
      this.#process.on('error', error => {
        if (this.#process.pid !== undefined) return;
        this.#usable = false;
        this.#started.resolve();
        const failure = new AwsError(
          'ServiceException',
          `The function's process could not be started: ${error.message}`,
          { statusCode: 500 },
        );
        this.#end = () => {
          throw failure;
        };
        this.#running?.reject(failure);
        resolve();
      });
    });
    this.#process.on('exit', () => {
      // The function's child processes must not keep its output open.
      this.kill();
      this.#exited = true;
    });
    this.#process.on('message', (message: RuntimeMessage) => void this.#onMessage(message));
  }

  /** Reuses an idle process with another clock and its original variables. */
  adopt(options: EnvironmentOptions): void {
    this.#options = options;
    this.#stepped = this.#steppedBy(options.clock);
  }

  /** Whether it has not been invoked yet. */
  get isCold(): boolean {
    return !this.#invoked;
  }

  /** Whether it can run another invocation. */
  get usable(): boolean {
    return this.#usable && this.#running === undefined;
  }

  /**
   * Runs one invocation to its end or its timeout, which starts when the code has been loaded.
   *
   * @throws AwsError ServiceException the machine cannot start the process
   */
  async invoke(message: InvokeMessage): Promise<Outcome> {
    this.#invoked = true;
    if (this.#end !== undefined) return this.#end(message.requestId);
    return await new Promise((resolve, reject) => {
      this.#running = { message, resolve, reject };
      if (this.#ready) this.#send(message);
      else this.#armKillTimer(INIT_LIMIT_MS + message.timeoutMs, message);
    });
  }

  /**
   * With virtual time: sends the process the time and returns what the running invocation waits for. Its timers run
   * when they are due.
   *
   * @returns undefined when the invocation ends
   */
  async waitUntilIdle(): Promise<IdleMessage | undefined> {
    if (!this.#ready) await this.#started.promise;
    if (this.#running === undefined || this.#outcome !== undefined) return undefined;
    return await this.#stepped?.waitUntilIdle();
  }

  /** Kills the process. */
  kill(): void {
    this.#usable = false;
    const { pid } = this.#process;
    // Another process may reuse the id of one that has exited.
    if (pid === undefined || this.#exited) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // No such group: it has ended, or the platform has no process groups.
      this.#process.kill('SIGKILL');
    }
  }

  #steppedBy(clock: Clock): SteppedProcess | undefined {
    if (!clock.isVirtual) return undefined;
    return new SteppedProcess(clock, message => this.#process.send(message, () => undefined));
  }

  #send(message: InvokeMessage): void {
    this.#armKillTimer(message.timeoutMs, message);
    // Sending to a process that has just ended fails; its `close` event ends the invocation.
    this.#process.send(message, () => undefined);
  }

  /** With virtual time, also sets a real timer, because a busy loop keeps virtual time from advancing. */
  #armKillTimer(limitMs: number, message: InvokeMessage): void {
    const onTime = (): void => {
      const seconds = (message.timeoutMs / 1000).toFixed(2);
      this.#outcome = {
        succeeded: false,
        error: {
          errorType: 'Sandbox.Timedout',
          errorMessage: `RequestId: ${message.requestId} Error: Task timed out after ${seconds} seconds`,
        },
      };
      this.kill();
    };
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(onTime, limitMs + (this.#stepped === undefined ? 0 : BUSY_LOOP_GRACE_MS));
    this.#stepped?.begin(limitMs, onTime);
  }

  async #onMessage(message: RuntimeMessage): Promise<void> {
    if (message.type === 'idle') {
      this.#stepped?.onIdle(message);
      return;
    }
    if (message.type === 'ready') {
      this.#ready = true;
      this.#started.resolve();
      if (this.#running) this.#send(this.#running.message);
      return;
    }
    clearTimeout(this.#killTimer);
    this.#stepped?.end();
    this.#outcome ??=
      message.type === 'succeeded'
        ? { succeeded: true, payload: message.payload }
        : { succeeded: false, error: message.error };
    // The process is about to end; its `close` event ends the invocation.
    if (message.type === 'initFailed' || (message.type === 'failed' && message.exiting)) return;
    await Promise.all(this.#readers.map(reader => reader.endOfRequest()));
    this.#settle(this.#outcome);
  }

  #onClose(code: number | null, signal: NodeJS.Signals | null): void {
    clearTimeout(this.#killTimer);
    this.#stepped?.end();
    this.#usable = false;
    this.#started.resolve();
    const outcome = this.#outcome;
    this.#end = requestId => outcome ?? { succeeded: false, error: exitError(requestId, code, signal) };
    this.#settle(this.#end(this.#running?.message.requestId ?? ''));
  }

  #settle(outcome: Outcome): void {
    const running = this.#running;
    this.#running = undefined;
    this.#outcome = undefined;
    running?.resolve(outcome);
  }
}

function exitError(requestId: string, code: number | null, signal: NodeJS.Signals | null): ErrorObject {
  let reason = 'Runtime exited without providing a reason';
  if (signal !== null) {
    reason = `Runtime exited with error: ${SIGNAL_TEXTS[signal] ?? `signal: ${signal.toLowerCase()}`}`;
  } else if (code !== 0) {
    reason = `Runtime exited with error: exit status ${code}`;
  }
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${reason}` };
}
