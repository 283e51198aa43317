import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AwsError } from '../aws/aws-error.ts';
import { LineReader } from './line-reader.ts';
import type { ErrorObject, InvokeMessage, RuntimeMessage } from './runtime-messages.ts';

/** What an invocation came to; `payload` is JSON text. */
export type Outcome =
  | { readonly succeeded: true; readonly payload: string }
  | { readonly succeeded: false; readonly error: ErrorObject };

/** What a function's process is started with. */
export interface EnvironmentOptions {
  /** All of its environment variables; nothing is inherited. */
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly offsetMs: number;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr', requestId: string | undefined) => void;
}

interface Running {
  readonly message: InvokeMessage;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: AwsError) => void;
}

const RUNTIME = fileURLToPath(new URL('./runtime.ts', import.meta.url));

/** AWS Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle". */
const INIT_LIMIT_MS = 10_000;

/** How Lambda words the signals that end a Node.js process. */
const SIGNAL_TEXTS: Readonly<Record<string, string>> = {
  SIGKILL: 'signal: killed',
  SIGABRT: 'signal: aborted (core dumped)',
  SIGSEGV: 'signal: segmentation fault (core dumped)',
  SIGTERM: 'signal: terminated',
};

/**
 * One process of a function: warm between invocations, one invocation at a time. It ends with its time-out, its
 * crash, or with this process; after that it is not usable and another one has to take its place.
 */
export class ExecutionEnvironment {
  /** Resolves once the process has ended and all its output has been read. */
  readonly ended: Promise<void>;
  readonly #process: ChildProcess;
  readonly #readers: readonly LineReader[];
  #usable: boolean = true;
  #exited: boolean = false;
  #ready: boolean = false;
  #running: Running | undefined;
  /** What the running invocation came to, while its last lines are still being read. */
  #outcome: Outcome | undefined;
  #killTimer: NodeJS.Timeout | undefined;

  /** Starts the process; it loads the function's code at once. */
  constructor(options: EnvironmentOptions) {
    this.#process = fork(RUNTIME, [String(options.offsetMs)], {
      env: { ...options.variables },
      execArgv: [`--max-old-space-size=${options.memoryMb}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A process group of its own: an interrupt from the terminal must not reach a function in mid-flight.
      detached: true,
    });
    const { stdout, stderr } = this.#process;
    const requestId = (): string | undefined => (this.#ready ? this.#running?.message.requestId : undefined);
    this.#readers = [
      ...(stdout ? [new LineReader(stdout, line => options.onLine(line, 'stdout', requestId()))] : []),
      ...(stderr ? [new LineReader(stderr, line => options.onLine(line, 'stderr', requestId()))] : []),
    ];
    this.ended = new Promise(resolve => {
      this.#process.on('close', (code, signal) => {
        this.#onClose(code, signal);
        resolve();
      });
      this.#process.on('error', error => {
        if (this.#process.pid !== undefined) return;
        this.#usable = false;
        this.#running?.reject(
          new AwsError('ServiceException', `The function's process does not start: ${error.message}`, {
            statusCode: 500,
          }),
        );
        resolve();
      });
    });
    this.#process.on('exit', () => {
      // What the function has started must not hold its output open.
      this.kill();
      this.#exited = true;
    });
    this.#process.on('message', (message: RuntimeMessage) => void this.#onMessage(message));
  }

  /** Whether it can take another invocation. */
  get usable(): boolean {
    return this.#usable && this.#running === undefined;
  }

  /**
   * Runs one invocation to its end or its time-out, which begins when the code has been loaded.
   *
   * @throws AwsError ServiceException the machine cannot start the process
   */
  invoke(message: InvokeMessage): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#running = { message, resolve, reject };
      if (this.#ready) this.#send(message);
      else this.#armKillTimer(INIT_LIMIT_MS + message.timeoutMs, message);
    });
  }

  /** Ends the process at once. */
  kill(): void {
    this.#usable = false;
    const { pid } = this.#process;
    // The id of a process that is gone may by now be another's.
    if (pid === undefined || this.#exited) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // No such group: it has ended, or the platform knows no process groups.
      this.#process.kill('SIGKILL');
    }
  }

  #send(message: InvokeMessage): void {
    this.#armKillTimer(message.timeoutMs, message);
    // A process that has just ended cannot be written to; its `close` event ends the invocation.
    this.#process.send(message, () => undefined);
  }

  #armKillTimer(limitMs: number, message: InvokeMessage): void {
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => {
      const seconds = (message.timeoutMs / 1000).toFixed(2);
      this.#outcome = {
        succeeded: false,
        error: {
          errorType: 'Sandbox.Timedout',
          errorMessage: `RequestId: ${message.requestId} Error: Task timed out after ${seconds} seconds`,
        },
      };
      this.kill();
    }, limitMs);
  }

  async #onMessage(message: RuntimeMessage): Promise<void> {
    if (message.type === 'ready') {
      this.#ready = true;
      if (this.#running) this.#send(this.#running.message);
      return;
    }
    clearTimeout(this.#killTimer);
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
    this.#usable = false;
    const requestId = this.#running?.message.requestId ?? '';
    this.#settle(this.#outcome ?? { succeeded: false, error: exitError(requestId, code, signal) });
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
