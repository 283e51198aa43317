import { describe, expect, it } from 'vitest';
import type { Invocation, InvokingService } from '../../../sandbox/lambda/invoker.ts';
import { limitConcurrency } from '../../../sandbox/lambda/limit-concurrency.ts';
import { rejection } from '../../helpers/no-secrets.ts';

/** Invocations that run until the test ends them. */
function invocations(options: Parameters<typeof limitConcurrency>[0]) {
  const interceptor = limitConcurrency(options);
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
    /** The ids of the running invocations, after all pending promises have settled. */
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

describe('limitConcurrency', () => {
  it('runs as many as the limit allows, and then the others in order of arrival', async () => {
    const functions = invocations({ sources: SOURCES, limit: 2 });
    for (const id of ['a', 'b', 'c', 'd']) void functions.invoke(id, 'states.amazonaws.com');

    const initialLimit = await functions.running();
    functions.end('b');
    const afterOne = await functions.running();

    expect(initialLimit).toEqual(['a', 'b']);
    expect(afterOne).toEqual(['a', 'c']);
  });

  it('starts with a lower limit, and raises it with each completed invocation', async () => {
    const functions = invocations({ sources: SOURCES, limit: 3, initialLimit: 1 });
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) void functions.invoke(id, 'states.amazonaws.com');

    const steps = [await functions.running()];
    for (const id of ['a', 'b', 'c']) {
      functions.end(id);
      steps.push(await functions.running());
    }

    expect(steps).toEqual([['a'], ['b', 'c'], ['c', 'd', 'e'], ['d', 'e', 'f']]);
  });

  it('runs the next invocation when one fails', async () => {
    const functions = invocations({ sources: SOURCES, limit: 1 });
    const failed = rejection(functions.invoke('a', 'states.amazonaws.com'));
    void functions.invoke('b', 'states.amazonaws.com');
    await functions.running();

    functions.end('a', new Error('Lambda is busy'));

    expect((await failed).message).toBe('Lambda is busy');
    expect(await functions.running()).toEqual(['b']);
  });

  it('does not limit invocations by other services', async () => {
    const functions = invocations({ sources: SOURCES, limit: 1 });
    void functions.invoke('a', 'states.amazonaws.com');
    void functions.invoke('b', 'secretsmanager.amazonaws.com');
    void functions.invoke('c');

    expect(await functions.running()).toEqual(['b', 'c', 'a']);
  });
});
