import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { openLambda, probe } from './deployed-lambda.ts';

describe('a failing function', () => {
  it('reports name, message and stack of a thrown error', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(`class TokenRejected extends Error { name = 'TokenRejected'; }
             exports.handler = async () => { throw new TokenRejected('no good'); };`),
    );

    const { payload, functionError } = await invoke();

    expect(functionError).toBe('Unhandled');
    expect(payload).toStrictEqual({
      errorType: 'TokenRejected',
      errorMessage: 'no good',
      trace: expect.arrayContaining(['TokenRejected: no good']),
    });
  });

  it('reports Error for an error class that sets no name, thrown synchronously', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(`class Unnamed extends Error {}
             exports.handler = () => { throw new Unnamed('oops'); };`),
    );

    const { payload } = await invoke();

    expect(payload).toMatchObject({ errorType: 'Error', errorMessage: 'oops' });
  });

  it.each([
    ['a plain object', '({ code: 1 })', 'object', '[object Object]'],
    ['a string', '"text"', 'string', 'text'],
    ['nothing', 'undefined', 'string', 'handled'],
  ])('reports an empty trace when %s is thrown', async (_what, thrown, errorType, errorMessage) => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(probe(`exports.handler = () => Promise.reject(${thrown});`));

    const { payload } = await invoke();

    expect(payload).toStrictEqual({ errorType, errorMessage, trace: [] });
  });

  it('ends with Runtime.ExitError when its process is killed, and the next invocation gets a new process', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(`exports.handler = async event => {
               if (event.hang) { console.log('hangs'); await new Promise(resolve => setTimeout(resolve, 60_000)); }
               return process.pid;
             };`),
    );
    const { payload: firstProcess } = await invoke();
    const hangs = new Promise<void>(resolve => {
      lambda.onLog(({ text }) => text.includes('hangs') && resolve());
    });
    const running = invoke({ hang: true });
    await hangs;

    lambda.killRunning('probe');

    const { payload, functionError } = await running;
    expect(functionError).toBe('Unhandled');
    expect(payload).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('signal: killed'),
    });
    const { payload: nextProcess } = await invoke();
    expect(nextProcess).not.toBe(firstProcess);
  });

  it('continues in the same process after a thrown error', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(
        `exports.handler = async event => { if (event.fail) throw new Error('once'); return process.pid; };`,
      ),
    );

    const { payload: before } = await invoke();
    await invoke({ fail: true });
    const { payload: after } = await invoke();

    expect(after).toBe(before);
  });

  it('is killed at its timeout, and the next call gets a new process', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(
        `exports.handler = async event => {
               if (event.spin) for (;;);
               return process.pid;
             };`,
        { timeoutSeconds: 1 },
      ),
    );
    const { payload: pid } = await invoke();

    const timedOut = await invoke({ spin: true });
    const { payload: nextPid } = await invoke();

    expect(timedOut.functionError).toBe('Unhandled');
    expect(timedOut.payload).toStrictEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${timedOut.requestId} Error: Task timed out after 1.00 seconds`,
    });
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
    expect(nextPid).not.toBe(pid);
  });

  it('does not count loading the code towards the timeout', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(
        `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
             exports.handler = async () => 'loaded';`,
        { timeoutSeconds: 1 },
      ),
    );

    const { payload } = await invoke();

    expect(payload).toBe('loaded');
  });

  it.each([
    ['process.exit(1)', 'Runtime exited with error: exit status 1'],
    ['process.exit(0)', 'Runtime exited without providing a reason'],
    ["process.kill(process.pid, 'SIGKILL')", 'Runtime exited with error: signal: killed'],
    ['process.abort()', 'Runtime exited with error: signal: aborted (core dumped)'],
  ])('reports Runtime.ExitError when its process ends with %s', async (statement, reason) => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(`exports.handler = event => event.end ? new Promise(() => { ${statement}; }) : 'alive';`),
    );

    const { payload, functionError, requestId } = await invoke({ end: true });
    const next = await invoke();

    expect(functionError).toBe('Unhandled');
    expect(payload).toStrictEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: ${reason}`,
    });
    expect(next.payload).toBe('alive');
  });

  it('reports Runtime.ExitError when it exceeds its memory', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(
        `exports.handler = async () => { const all = []; for (;;) all.push(new Array(100_000).fill({})); };`,
        {
          memoryMb: 32,
        },
      ),
    );

    const { payload } = await invoke();

    expect(payload).toMatchObject({ errorType: 'Runtime.ExitError' });
  });

  it('reports the name of an uncaught exception, and its process is replaced', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(`exports.handler = event => event.fail
               ? new Promise(() => setTimeout(() => { throw new TypeError('later'); }, 1))
               : process.pid;`),
    );
    const { payload: pid } = await invoke();

    const { payload } = await invoke({ fail: true });
    const { payload: nextPid } = await invoke();

    expect(payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'later' });
    expect(nextPid).not.toBe(pid);
  });

  it('reports Runtime.UnhandledPromiseRejection for an unhandled rejection', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(`exports.handler = () => new Promise(() => { Promise.reject(new Error('lost')); });`),
    );

    const { payload } = await invoke();

    expect(payload).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: lost',
    });
  });

  it('reports Runtime.NodeJsExit when nothing can settle its promise any more', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(
        `exports.handler = async event => { if (event.hang) await new Promise(() => {}); return 'alive'; };`,
      ),
    );

    const { payload } = await invoke({ hang: true });
    const next = await invoke();

    expect(payload).toMatchObject({ errorType: 'Runtime.NodeJsExit' });
    expect(next.payload).toBe('alive');
  });

  it('fails when its result is not JSON', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(probe(`exports.handler = async () => 1n;`));

    const { payload } = await invoke();

    expect(payload).toMatchObject({ errorType: 'Error', errorMessage: 'Unable to stringify response body' });
  });

  it('fails with Function.ResponseSizeTooLarge for a result above 6 MB', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(probe(`exports.handler = async () => 'x'.repeat(6_291_556);`));

    const { payload } = await invoke();

    expect(payload).toStrictEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
  });
});

describe('a function that cannot be loaded', () => {
  it.each([
    [
      'there is no file',
      { 'other.js': '' },
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'index'",
    ],
    [
      'a module is missing from the bundle',
      { 'index.js': `require('valibot');` },
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'valibot'",
    ],
    [
      'the export does not exist',
      { 'index.js': 'exports.main = () => 1;' },
      'Runtime.HandlerNotFound',
      'index.handler is undefined or not exported',
    ],
    [
      'the export is not a function',
      { 'index.js': 'exports.handler = 1;' },
      'Runtime.HandlerNotFound',
      'index.handler is not a function',
    ],
    [
      'the code is an ES module, but no package.json has the type module',
      { 'index.js': 'import "node:fs"; export const handler = () => 1;' },
      'Runtime.UserCodeSyntaxError',
      'SyntaxError: Cannot use import statement outside a module',
    ],
    [
      'it throws while loading',
      { 'index.js': `throw new RangeError('SEAL_KEY_ARN is missing');` },
      'RangeError',
      'SEAL_KEY_ARN is missing',
    ],
  ])('reports why when %s', async (_when, files, errorType, messageStart) => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(probe(files));

    const { payload, functionError } = await invoke();

    expect(functionError).toBe('Unhandled');
    expect(payload).toMatchObject({
      errorType,
      errorMessage: expect.stringMatching(new RegExp(`^${messageStart}`)),
    });
  });

  it('reports Runtime.MalformedHandlerName for a handler without an export', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(probe('', { handler: 'index' }));

    const { payload } = await invoke();

    expect(payload).toMatchObject({ errorType: 'Runtime.MalformedHandlerName', errorMessage: 'Bad handler' });
  });

  it('reports Runtime.ExitError when it exits while loading', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(probe('process.exit(3);'));

    const { payload, requestId } = await invoke();

    expect(payload).toStrictEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status 3`,
    });
  });
});

describe('a function whose process ends during its cold start', () => {
  it.each([
    ['it could not be loaded', `throw new RangeError('no');`, 'RangeError'],
    ['it has exited', 'process.exit(3);', 'Runtime.ExitError'],
  ])('reports why when %s', async (_why, code, errorType) => {
    const { lambda, invoke, clock } = openLambda({ latencies: { coldStart: () => 3_600_000 } });
    const file = `${probe('').codeDirectory}/pid`;
    lambda.createFunction(
      probe(`require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); ${code}`),
    );

    const invocation = invoke();
    // The file exists before its content is written.
    const pid = await vi.waitUntil(() => existsSync(file) && Number(readFileSync(file, 'utf8')), 10_000);
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 10_000);
    clock.advance(3_600_000);

    await expect(invocation).resolves.toMatchObject({ payload: { errorType } });
  });
});

describe('a function that starts child processes', () => {
  it('kills them when it crashes', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(`const { spawn } = require('node:child_process');
             exports.handler = () => new Promise(() => {
               const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
               console.log(helper.pid);
               helper.on('spawn', () => process.exit(1));
             });`),
    );

    const { payload } = await invoke();

    const helperPid = Number(lambda.logs('probe')[0]?.text);
    expect(payload).toMatchObject({ errorType: 'Runtime.ExitError' });
    await vi.waitFor(() => expect(() => process.kill(helperPid, 0)).toThrow('ESRCH'), 10_000);
  });
});
