import { useEffect, useState } from 'preact/hooks';
import type { Overview } from '../../views.ts';
import { TOKEN } from './api.ts';

/** The sandbox's overview and the connection to it. */
export interface LiveOverview {
  /** Undefined until the first one arrives. */
  readonly overview: Overview | undefined;
  readonly connection: 'connecting' | 'live' | 'lost';
  /** How far the sandbox's clock is ahead of the browser's. */
  readonly clockOffsetMs: number;
}

/**
 * Follows the sandbox. The browser reconnects by itself. The query carries the token, because an EventSource cannot send
 * headers.
 */
export function useOverview(): LiveOverview {
  const [live, setLive] = useState<LiveOverview>({
    overview: undefined,
    connection: 'connecting',
    clockOffsetMs: 0,
  });
  useEffect(() => {
    const stream = new EventSource(`/stream?token=${encodeURIComponent(TOKEN)}`);
    stream.addEventListener('overview', ({ data }: MessageEvent<string>) => {
      const overview = JSON.parse(data) as Overview;
      setLive({ overview, connection: 'live', clockOffsetMs: Date.parse(overview.now) - Date.now() });
    });
    stream.addEventListener('error', () => setLive(before => ({ ...before, connection: 'lost' })));
    return () => stream.close();
  }, []);
  return live;
}
