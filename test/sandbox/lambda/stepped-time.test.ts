import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Clock } from '../../../sandbox/clock.ts';
import { Quiescence } from '../../../sandbox/quiescence.ts';
import { openLambda, probe } from './deployed-lambda.ts';

/** A function on a virtual clock, and a server whose requests hang until the client gives up. */
async function steppedFunction(code: string, timeoutSeconds = 20, coldStartMs = 0) {
  const quiescence = new Quiescence();
  const clock = new Clock({ isVirtual: true });
  const { lambda, invoke } = openLambda({
    clock,
    onChange: quiescence.onInvocationChange,
    latencies: { coldStart: () => coldStartMs },
  });
  const server = createServer((message, response) => {
    void quiescence.openRequests.serve(message.socket, async () => {
      if (message.url === '/slow') await quiescence.openRequests.wait(() => clock.sleep(500));
      else await quiescence.openRequests.untilClientGone();
      response.end('response');
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  lambda.createFunction(
    probe(`const http = require('node:http');\nconst url = ${JSON.stringify(url)};\n${code}`, {
      timeoutSeconds,
    }),
  );
  const startMs = clock.nowMs();
  return {
    clock,
    invoke,
    elapsedMs: () => clock.nowMs() - startMs,
    advance: (ms: number) =>
      clock.advanceSettled(ms, () => quiescence.settled(lambda.invocations, clock.isVirtual)),
  };
}

describe('a function on a virtual clock', () => {
  it('waits on that clock, with every timer API', async () => {
    const { invoke, advance } = await steppedFunction(
      `
      const { promisify } = require('node:util');
      const timers = require('node:timers/promises');
      const HOUR = 3_600_000;
      exports.handler = async () => {
        const startMs = Date.now();
        const notes = [];
        const note = what => notes.push((Date.now() - startMs) / HOUR + ' ' + what);
        await new Promise(resolve => setTimeout(resolve, HOUR));
        note('setTimeout');
        await timers.setTimeout(HOUR, 'value').then(note);
        await promisify(setTimeout)(HOUR);
        note('promisified');
        await timers.scheduler.wait(HOUR);
        note('scheduler');
        for await (const turn of timers.setInterval(HOUR, 'interval')) { note(turn); break; }
        await new Promise(resolve => { const i = setInterval(() => { clearInterval(i); resolve(); }, HOUR); });
        note('setInterval');
        await new Promise(resolve => AbortSignal.timeout(HOUR).addEventListener('abort', resolve) ?? setTimeout(() => {}, 2 * HOUR).unref());
        note('AbortSignal');
        return notes;
      };`.replace('exports', 'setInterval(() => {}, 2_000_000_000);\nexports'),
      100_000,
    );

    const invocation = invoke();
    await advance(10 * 3_600_000);

    await expect(invocation).resolves.toMatchObject({
      payload: [
        '1 setTimeout',
        '2 value',
        '3 promisified',
        '4 scheduler',
        '5 interval',
        '6 setInterval',
        '7 AbortSignal',
      ],
    });
  });

  it('can cancel, close, refresh and abort timers', async () => {
    const { invoke, advance } = await steppedFunction(`
      const timers = require('node:timers/promises');
      exports.handler = async () => {
        const seen = [];
        clearTimeout(setTimeout(() => seen.push('cleared'), 10));
        setTimeout(() => seen.push('closed'), 10).close();
        const refreshed = setTimeout(() => seen.push('refreshed'), 30);
        setTimeout(() => { seen.push('at 20'); refreshed.refresh(); }, 20);
        setTimeout(() => seen.push('at 40'), 40);
        const abort = new AbortController();
        setTimeout(() => abort.abort(), 5);
        await timers.setTimeout(1_000, undefined, { signal: abort.signal }).catch(error => seen.push(error.name));
        await timers.setTimeout(100);
        return seen;
      };`);

    const invocation = invoke();
    await advance(1_000);

    await expect(invocation).resolves.toMatchObject({
      payload: ['AbortError', 'at 20', 'at 40', 'refreshed'],
    });
  });

  it('computes in no time, and can read its remaining time', async () => {
    const { invoke, advance } = await steppedFunction(`
      exports.handler = async (event, context) => {
        const before = [Date.now(), context.getRemainingTimeInMillis()];
        for (let n = 0; n < 1e7; n++);
        const after = [Date.now(), context.getRemainingTimeInMillis()];
        await new Promise(resolve => setTimeout(resolve, 5_000));
        return [after[0] - before[0], before[1], after[1], Date.now() - before[0], context.getRemainingTimeInMillis()];
      };`);

    const invocation = invoke();
    await advance(5_000);

    await expect(invocation).resolves.toMatchObject({ payload: [0, 20_000, 20_000, 5_000, 15_000] });
  });

  it('times out on that clock', async () => {
    const { invoke, advance, elapsedMs } = await steppedFunction(`
      exports.handler = () => new Promise(resolve => setTimeout(resolve, 60_000));`);
    let endedAtMs = 0;

    const invocation = invoke().finally(() => {
      endedAtMs = elapsedMs();
    });
    await advance(60_000);

    await expect(invocation).resolves.toMatchObject({
      payload: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('after 20.00 seconds'),
      },
    });
    expect(endedAtMs).toBe(20_000);
  });

  it.each([
    ['ends within its timeout', 2_999, 'done', 11_999],
    ['times out', 3_001, { errorType: 'Sandbox.Timedout' }, 12_000],
  ])('initialises for 9 s before its timeout of 3 s starts, and %s', async (_how, ms, payload, endMs) => {
    const { invoke, advance, elapsedMs } = await steppedFunction(
      `exports.handler = () => new Promise(resolve => setTimeout(() => resolve('done'), ${ms}));`,
      3,
      9_000,
    );
    let endedAtMs = 0;

    const invocation = invoke().finally(() => {
      endedAtMs = elapsedMs();
    });
    await advance(60_000);

    expect(await invocation).toMatchObject({ payload });
    expect(endedAtMs).toBe(endMs);
  });

  it('aborts a hanging request exactly after its own time limit', async () => {
    const { invoke, advance } = await steppedFunction(`
      exports.handler = () => new Promise(resolve => {
        const startMs = Date.now();
        const request = http.get(url + '/hang');
        request.on('error', error => resolve([error.message, Date.now() - startMs]));
        setTimeout(() => request.destroy(new Error('given up')), 800);
      });`);

    const invocation = invoke();
    await advance(10_000);

    await expect(invocation).resolves.toMatchObject({ payload: ['given up', 800] });
  });

  it('gets a response that waits on the clock at the right time', async () => {
    const { invoke, advance } = await steppedFunction(`
      exports.handler = () => new Promise((resolve, reject) => {
        const startMs = Date.now();
        http.get(url + '/slow', { agent: false }, response => {
          response.resume();
          response.on('end', () => resolve(Date.now() - startMs));
        }).on('error', reject);
        setTimeout(() => reject(new Error('too late')), 501);
      });`);

    const invocation = invoke();
    await advance(10_000);

    await expect(invocation).resolves.toMatchObject({ payload: 500 });
  });

  it('fails when nothing can settle its promise any more', async () => {
    const { invoke } = await steppedFunction('exports.handler = () => new Promise(() => {});');

    await expect(invoke()).resolves.toMatchObject({ payload: { errorType: 'Runtime.NodeJsExit' } });
  });

  it('runs a leftover timer in its next invocation, as after a freeze', async () => {
    const { invoke, advance } = await steppedFunction(`
      let fired = 0;
      exports.handler = async event => {
        if (event.begin) { setTimeout(() => { fired += 1; }, 1_000); return fired; }
        const before = fired;
        await new Promise(resolve => setTimeout(resolve, 1));
        return [before, fired];
      };`);

    await invoke({ begin: true });
    await advance(5_000);
    const next = invoke();
    await advance(1_000);

    await expect(next).resolves.toMatchObject({ payload: [0, 1] });
  });
});
