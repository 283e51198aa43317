/**
 * The program of a function's process: loads the handler, then runs one invocation after another from the message
 * channel. It replaces Lambda's Node.js runtime and behaves like it (aws-lambda-nodejs-runtime-interface-client).
 * Unlike in Lambda, the process is not frozen between invocations, so work that a handler leaves running continues
 * immediately and not with the next call.
 *
 * Arguments: the {@link ProcessTime} as JSON. It has no dependencies, because every cold start loads it.
 */
import { RuntimeError, toErrorObject, toLogText } from './error-object.ts';
import { type Handler, loadHandler } from './handler-loader.ts';
import { writeJsonLogs } from './json-log.ts';
import {
  END_OF_REQUEST,
  type InvokeMessage,
  type ProcessTime,
  type RuntimeMessage,
  type ServiceMessage,
} from './runtime-messages.ts';

let time = JSON.parse(process.argv[2] ?? '{"offsetMs":0}') as ProcessTime;
shiftDate(machineMs => ('nowMs' in time ? time.nowMs : machineMs + time.offsetMs));
// Bound here, so that a function that replaces these methods cannot break the protocol.
const writeOut = process.stdout.write.bind(process.stdout);
const writeError = process.stderr.write.bind(process.stderr);

// Must run before the function's code, which may keep references to the console's methods.
const logsJson = process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
if (logsJson)
  writeJsonLogs(
    line => writeOut(`${line}\n`),
    () => runningRequestId,
  );

let handler: Handler | undefined;
let runningRequestId: string | undefined;
// Loaded only with virtual time, and before the function's code, which may keep references to the real timers.
const steppedTime =
  'nowMs' in time
    ? (await import('./stepped-time.ts')).installSteppedTime(
        () => ('nowMs' in time ? time.nowMs : 0),
        refChannelIfNeeded,
      )
    : undefined;

process.on('message', (message: ServiceMessage) => {
  if (message.type === 'invoke') {
    void run(message);
  } else if (message.type === 'wake') {
    steppedTime?.runFirstTimer();
  } else {
    time = { nowMs: message.nowMs };
    const { id } = message;
    void steppedTime?.waitUntilIdle().then(state => send({ type: 'idle', id, ...state }));
  }
});
process.on('disconnect', () => process.exit());
process.on('uncaughtException', error => exitAfter('Uncaught Exception', error, 129));
process.on('unhandledRejection', reason => {
  exitAfter(
    'Unhandled Promise Rejection',
    new RuntimeError('UnhandledPromiseRejection', String(reason)),
    128,
  );
});
process.on('beforeExit', () => {
  if (runningRequestId === undefined) return;
  // The handler's promise can no longer settle.
  fail(
    'Invoke Error',
    new RuntimeError(
      'NodeJsExit',
      'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
    ),
  );
});

try {
  handler = await loadHandler(process.env.LAMBDA_TASK_ROOT ?? '', process.env._HANDLER ?? '');
  send({ type: 'ready' });
} catch (error) {
  exitAfter('Init Error', error, 1);
}

async function run(message: InvokeMessage): Promise<void> {
  time = message.time;
  runningRequestId = message.requestId;
  refChannelIfNeeded();
  try {
    const result = await handler?.(JSON.parse(message.payload), contextOf(message));
    finish({ type: 'succeeded', payload: serialise(result) });
  } catch (error) {
    fail('Invoke Error', error);
  }
}

/**
 * Keeps the process alive between invocations and while a timer waits for the sandbox's clock. Otherwise a process
 * without work must be able to exit, so that `beforeExit` reports a promise that never settles.
 */
function refChannelIfNeeded(): void {
  if (runningRequestId === undefined || steppedTime?.holdsProcess() === true) process.channel?.ref();
  else process.channel?.unref();
}

function contextOf(message: InvokeMessage): object {
  const elapsedMs = (): number => ('nowMs' in time ? time.nowMs : performance.now());
  const startedAtMs = elapsedMs();
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: message.functionArn,
    awsRequestId: message.requestId,
    getRemainingTimeInMillis: () => Math.round(message.timeoutMs - (elapsedMs() - startedAtMs)),
  };
}

function serialise(result: unknown): string {
  try {
    // In an array, `undefined` becomes `null`, as in Lambda.
    return JSON.stringify([result]).slice(1, -1);
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

function fail(headline: string, error: unknown): void {
  log(headline, error);
  finish({ type: 'failed', error: toErrorObject(error), exiting: false });
}

function exitAfter(headline: string, error: unknown, exitCode: number): void {
  const exit = (): never => process.exit(exitCode);
  log(headline, error);
  if (handler === undefined) send({ type: 'initFailed', error: toErrorObject(error) }, exit);
  else if (runningRequestId === undefined) exit();
  else finish({ type: 'failed', error: toErrorObject(error), exiting: true }, exit);
}

function finish(message: RuntimeMessage, sent?: () => void): void {
  if (runningRequestId === undefined) return;
  runningRequestId = undefined;
  refChannelIfNeeded();
  writeOut(`${END_OF_REQUEST}\n`);
  writeError(`${END_OF_REQUEST}\n`);
  send(message, sent);
}

function send(message: RuntimeMessage, sent: () => void = () => undefined): void {
  process.send?.(message, undefined, undefined, sent);
}

function log(headline: string, error: unknown): void {
  if (logsJson) {
    console.error(error instanceof Error ? error : new Error(toErrorObject(error).errorMessage));
    return;
  }
  const requestId = runningRequestId ?? 'undefined';
  writeError(`${new Date().toISOString()}\t${requestId}\tERROR\t${headline} \t${toLogText(error)}\n`);
}

/**
 * Changes the time of `Date` in this process, not of timers.
 *
 * @param nowMs converts the machine's time to that of `Date`
 */
export function shiftDate(nowMs: (machineMs: number) => number): void {
  const MachineDate = Date;
  const now = (): number => nowMs(MachineDate.now());

  // A proxy, not a subclass: `Date()` without `new` must keep working.
  const ShiftedDate = new Proxy(MachineDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    apply: () => new MachineDate(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
  MachineDate.prototype.constructor = ShiftedDate;
  globalThis.Date = ShiftedDate;
}
