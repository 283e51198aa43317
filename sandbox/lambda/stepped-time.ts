import diagnostics from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { StillMessage } from './runtime-messages.ts';
import { SteppedTimers } from './stepped-timers.ts';

type Stillness = Omit<StillMessage, 'type' | 'id'>;

/** The virtual time of a process. */
interface SteppedTime {
  /** Resolves when the process only waits. */
  stillness(): Promise<Stillness>;
  /** Runs the timer that is due first, if there is one. */
  runFirstTimer(): void;
  /** Whether a timer keeps the process from running out of work. */
  holdsProcess(): boolean;
}

/** Resources that are active in a process that only waits (`process.getActiveResourcesInfo`). */
const WAITING = new Set(['PipeWrap', 'TCPSocketWrap', 'TTYWrap', 'Timeout']);

/**
 * Makes this process's timers wait for the sandbox's clock, and tracks its HTTP requests.
 *
 * @param nowMs the time of the current step
 * @param onTimers is called whenever a timer is set or cleared
 */
export function installSteppedTime(nowMs: () => number, onTimers: () => void): SteppedTime {
  const timers = new SteppedTimers(nowMs, onTimers);
  const nextTurn = turnOfEventLoop();
  timers.install();
  const requests = watchRequests();
  const stillness = async (): Promise<Stillness> => {
    do {
      // The first turn handles what has just arrived, the second what follows from it.
      await nextTurn();
      await nextTurn();
    } while (process.getActiveResourcesInfo().some(resource => !WAITING.has(resource)));
    const dueAtMs = timers.firstDueAtMs();
    return {
      ports: [...requests].map(({ socket }) => socket?.localPort ?? null),
      dueAtMs,
    };
  };
  let asked: Promise<unknown> = Promise.resolve();
  return {
    // One at a time: each would count the turns of the other as work.
    stillness: () => {
      const answer = asked.then(stillness);
      asked = answer;
      return answer;
    },
    runFirstTimer: () => timers.runFirst(),
    holdsProcess: () => timers.holdProcess,
  };
}

/** Bound here, so that the function cannot replace it. */
function turnOfEventLoop(): () => Promise<void> {
  const { setImmediate: immediately } = globalThis;
  return () => new Promise(resolve => void immediately(resolve));
}

/** Requests by node:http or node:https whose response has not been read completely. */
function watchRequests(): ReadonlySet<ClientRequest> {
  const requests = new Set<ClientRequest>();
  diagnostics.subscribe('http.client.request.created', message => {
    const { request } = message as { request: ClientRequest };
    requests.add(request);
    request.once('close', () => requests.delete(request));
  });
  return requests;
}
