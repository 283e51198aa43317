import diagnostics from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { StillMessage } from './runtime-messages.ts';
import { SteppedTimers } from './stepped-timers.ts';

type Stillness = Omit<StillMessage, 'type' | 'id'>;

/** The time of a process that goes by a clock which stands still between its steps. */
interface SteppedTime {
  /** Resolves when the process has nothing to do but wait. */
  stillness(): Promise<Stillness>;
  /** Runs the timer that is due first, if there is one. */
  runFirstTimer(): void;
  /** Whether a timer keeps the process from running out of work. */
  holdsProcess(): boolean;
}

/** What can be active in a process that only waits (`process.getActiveResourcesInfo`); anything else is work. */
const WAITING = new Set(['PipeWrap', 'TCPSocketWrap', 'TTYWrap', 'Timeout']);

/**
 * Makes this process's timers wait for the sandbox's clock, and watches its HTTP requests.
 *
 * @param nowMs    the time of the present step
 * @param onTimers is called whenever a timer is set or taken back
 */
export function installSteppedTime(nowMs: () => number, onTimers: () => void): SteppedTime {
  const timers = new SteppedTimers(nowMs, onTimers);
  const nextTurn = turnOfEventLoop();
  timers.install();
  const requests = watchRequests();
  const stillness = async (): Promise<Stillness> => {
    do {
      // What has just arrived is handled in the first turn, what follows from that in the second.
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
    // One after the other: each takes the turns of the other for work.
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

/** The requests made with node:http or node:https whose answer has not been read to its end. */
function watchRequests(): ReadonlySet<ClientRequest> {
  const requests = new Set<ClientRequest>();
  diagnostics.subscribe('http.client.request.created', message => {
    const { request } = message as { request: ClientRequest };
    requests.add(request);
    request.once('close', () => requests.delete(request));
  });
  return requests;
}
