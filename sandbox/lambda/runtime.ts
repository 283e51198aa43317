/**
 * The program of a function's process: loads the handler, then runs one invocation after another as they come
 * over the message channel. It stands in for Lambda's Node.js runtime and behaves as that one does
 * (aws-lambda-nodejs-runtime-interface-client); in contrast to Lambda the process is not frozen between
 * invocations, so what a handler leaves running goes on at once and not at the next call.
 *
 * Arguments: how far the sandbox's clock is ahead of the machine's, in ms. It is kept free of dependencies,
 * because every cold start loads it.
 */
import { RuntimeError, toErrorObject, toLogText } from './error-object.ts';
import { type Handler, loadHandler } from './handler-loader.ts';
import { END_OF_REQUEST, type InvokeMessage, type RuntimeMessage } from './runtime-messages.ts';
import { shiftDate } from './shifted-date.ts';

const setDateOffset = shiftDate(Number(process.argv[2] ?? 0));
// Bound here, so that a function that replaces these methods cannot break the hand-over.
const writeOut = process.stdout.write.bind(process.stdout);
const writeError = process.stderr.write.bind(process.stderr);

let handler: Handler | undefined;
let runningRequestId: string | undefined;

process.on('message', (message: InvokeMessage) => void run(message));
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
  // Nothing is left that could settle the handler's promise.
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
  setDateOffset(message.offsetMs);
  runningRequestId = message.requestId;
  // Lets the process run out of work, so that `beforeExit` finds a promise that never settles.
  process.channel?.unref();
  try {
    const result = await handler?.(JSON.parse(message.payload), contextOf(message));
    finish({ type: 'succeeded', payload: serialise(result) });
  } catch (error) {
    fail('Invoke Error', error);
  }
}

function contextOf(message: InvokeMessage): object {
  const startedAtMs = performance.now();
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: message.functionArn,
    awsRequestId: message.requestId,
    getRemainingTimeInMillis: () => Math.round(message.timeoutMs - (performance.now() - startedAtMs)),
  };
}

function serialise(result: unknown): string {
  try {
    // Within a list, so that nothing at all becomes `null`, as it does in Lambda.
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
  process.channel?.ref();
  writeOut(`${END_OF_REQUEST}\n`);
  writeError(`${END_OF_REQUEST}\n`);
  send(message, sent);
}

function send(message: RuntimeMessage, sent: () => void = () => undefined): void {
  process.send?.(message, undefined, undefined, sent);
}

function log(headline: string, error: unknown): void {
  const requestId = runningRequestId ?? 'undefined';
  writeError(`${new Date().toISOString()}\t${requestId}\tERROR\t${headline} \t${toLogText(error)}\n`);
}
