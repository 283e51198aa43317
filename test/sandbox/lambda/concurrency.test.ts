import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { openLambda, probe } from './deployed-lambda.ts';

const HELD_HANDLER = `
  const fs = require('node:fs');
  exports.handler = async event => {
    if (!event.gate) return 'free';
    fs.writeFileSync(event.gate + '.started', '');
    while (!fs.existsSync(event.gate)) await new Promise(go => setTimeout(go, 5));
    return 'held';
  };`;

describe('concurrency', () => {
  it("throws TooManyRequestsException above the function's reserved concurrency, until an invocation ends", async () => {
    const { lambda, invoke } = openLambda();
    const definition = probe(HELD_HANDLER, { reservedConcurrency: 1 });
    lambda.createFunction(definition);
    const gate = `${definition.codeDirectory}/gate`;
    const held = invoke({ gate });
    await vi.waitUntil(() => existsSync(`${gate}.started`), 10_000);

    await expect(invoke()).rejects.toMatchObject({
      type: 'TooManyRequestsException',
      statusCode: 429,
      message: 'Rate Exceeded.',
      details: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    });

    writeFileSync(gate, '');
    await held;
    expect(await invoke()).toMatchObject({ payload: 'free' });
  });

  it('throttles every invocation of a function with a reserved concurrency of zero', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(probe(HELD_HANDLER, { reservedConcurrency: 0 }));

    await expect(invoke()).rejects.toMatchObject({ type: 'TooManyRequestsException' });
  });

  it("shares the rest of the account's concurrency among the other functions", async () => {
    const { lambda } = openLambda({ concurrencyLimit: 3 });
    const definition = probe(HELD_HANDLER, { name: 'first' });
    lambda.createFunction(definition);
    lambda.createFunction(probe(HELD_HANDLER, { name: 'second' }));
    lambda.createFunction(probe(HELD_HANDLER, { name: 'reserved', reservedConcurrency: 2 }));
    const gate = `${definition.codeDirectory}/gate`;
    const invoke = (name: string, payload: object) => lambda.invoke(name, payload, 'states.amazonaws.com');
    const held = invoke('first', { gate });
    await vi.waitUntil(() => existsSync(`${gate}.started`), 10_000);

    await expect(invoke('second', {})).rejects.toMatchObject({
      details: { Reason: 'ConcurrentInvocationLimitExceeded' },
    });
    expect(await invoke('reserved', {})).toMatchObject({ payload: 'free' });

    writeFileSync(gate, '');
    await held;
    expect(await invoke('second', {})).toMatchObject({ payload: 'free' });
  });
});
