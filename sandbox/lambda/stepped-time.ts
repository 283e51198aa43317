import diagnostics from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { IdleMessage } from './runtime-messages.ts';
import { SteppedTimers } from './stepped-timers.ts';

type IdleState = Omit<IdleMessage, 'type' | 'id'>;

/** The virtual time of a process. */
interface SteppedTime {
  /** Resolves when the process is idle. */
  waitUntilIdle(): Promise<IdleState>;
  /** Runs the timer that is due first, if there is one. */
  runFirstTimer(): void;
  /** Whether a timer keeps the process alive. */
  holdsProcess(): boolean;
}

/** Resources that are active in an idle process (`process.getActiveResourcesInfo`). */
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
  const waitUntilIdle = async (): Promise<IdleState> => {
    do {
      // The first turn handles what has just arrived, the second its consequences.
      await nextTurn();
      await nextTurn();
    } while (process.getActiveResourcesInfo().some(resource => !WAITING.has(resource)));
    const dueAtMs = timers.firstDueAtMs();
    return {
      ports: [...requests].map(({ socket }) => socket?.localPort ?? null),
      dueAtMs,
    };
  };
  let previous: Promise<unknown> = Promise.resolve();
  return {
    // One at a time: each would count the turns of the other as work.
    waitUntilIdle: () => {
      const idle = previous.then(waitUntilIdle);
      previous = idle;
      return idle;
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
