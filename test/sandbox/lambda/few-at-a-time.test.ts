import { describe, expect, it } from 'vitest';
import { fewAtATime } from '../../../sandbox/lambda/few-at-a-time.ts';
import type { Invocation, InvokingService } from '../../../sandbox/lambda/invoker.ts';
import { rejection } from '../../helpers/no-secrets.ts';

/** Invocations that run until the test ends them. */
function invocations(options: Parameters<typeof fewAtATime>[0]) {
  const interceptor = fewAtATime(options);
  const running = new Map<string, PromiseWithResolvers<Invocation>>();
  return {
    invoke: (requestId: string, source?: InvokingService) =>
      interceptor(
        {
          functionName: 'f',
          functionArn: 'arn:f',
          payload: {},
          requestId,
          source,
        },
        () => {
          const end = Promise.withResolvers<Invocation>();
          running.set(requestId, end);
          return end.promise;
        },
      ),
    /** Those that run, once nothing has its turn any more. */
    async running(): Promise<string[]> {
      await new Promise(resolve => setImmediate(resolve));
      return [...running.keys()];
    },
    end(requestId: string, error?: Error): void {
      const end = running.get(requestId);
      running.delete(requestId);
      if (error === undefined) end?.resolve({ payload: null, requestId });
      else end?.reject(error);
    },
  };
}

const SOURCES = ['states.amazonaws.com'] as const;

describe('fewAtATime', () => {
  it('runs as many as the limit allows, and the others in order of arrival', async () => {
    const functions = invocations({ sources: SOURCES, limit: 2 });
    for (const id of ['a', 'b', 'c', 'd']) void functions.invoke(id, 'states.amazonaws.com');

    const atFirst = await functions.running();
    functions.end('b');
    const afterOne = await functions.running();

    expect(atFirst).toEqual(['a', 'b']);
    expect(afterOne).toEqual(['a', 'c']);
  });

  it('starts with fewer, and raises the limit with each completed one', async () => {
    const functions = invocations({ sources: SOURCES, limit: 3, atFirst: 1 });
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) void functions.invoke(id, 'states.amazonaws.com');

    const steps = [await functions.running()];
    for (const id of ['a', 'b', 'c']) {
      functions.end(id);
      steps.push(await functions.running());
    }

    expect(steps).toEqual([['a'], ['b', 'c'], ['c', 'd', 'e'], ['d', 'e', 'f']]);
  });

  it('continues with the next when one fails', async () => {
    const functions = invocations({ sources: SOURCES, limit: 1 });
    const failed = rejection(functions.invoke('a', 'states.amazonaws.com'));
    void functions.invoke('b', 'states.amazonaws.com');
    await functions.running();

    functions.end('a', new Error('Lambda is busy'));

    expect((await failed).message).toBe('Lambda is busy');
    expect(await functions.running()).toEqual(['b']);
  });

  it('does not limit invocations by others', async () => {
    const functions = invocations({ sources: SOURCES, limit: 1 });
    void functions.invoke('a', 'states.amazonaws.com');
    void functions.invoke('b', 'secretsmanager.amazonaws.com');
    void functions.invoke('c');

    expect(await functions.running()).toEqual(['b', 'c', 'a']);
  });
});
