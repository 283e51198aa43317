import { useEffect, useState } from 'preact/hooks';
import type { Overview } from '../../views.ts';
import { TOKEN } from './api.ts';

/** What the sandbox tells of itself, and whether it still does. */
export interface LiveOverview {
  /** Undefined until it has told for the first time. */
  readonly overview: Overview | undefined;
  readonly connection: 'connecting' | 'live' | 'lost';
  /** How far the sandbox's clock is ahead of the browser's. */
  readonly clockOffsetMs: number;
}

/**
 * Follows the sandbox. The query carries the token, because an EventSource sends no headers of its own. When the connection is lost, the browser tries again by itself.
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
