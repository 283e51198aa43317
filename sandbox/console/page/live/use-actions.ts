import { useCallback, useState } from 'preact/hooks';

/** Why something failed. */
interface Failure {
  readonly text: string;
  /** The user's action that was refused; absent if something else failed. */
  readonly action?: string;
}

/** The actions of the user. */
export interface Actions {
  /** Whether an action of that name is pending. */
  readonly isPending: (name: string) => boolean;
  /** Runs an action; resolves when it succeeds or is refused. */
  readonly run: (name: string, action: () => Promise<void>) => Promise<void>;
  /** Why the last one was refused. */
  readonly error: Failure | undefined;
  readonly fail: (error: unknown) => void;
  readonly dismissError: () => void;
}

/** Tracks the actions of the user. */
export function useActions(): Actions {
  const [pending, setPending] = useState<readonly string[]>([]);
  const [error, setError] = useState<Failure>();
  const fail = useCallback((failure: unknown) => setError({ text: messageOf(failure) }), []);
  return {
    isPending: name => pending.includes(name),
    error,
    fail,
    dismissError: () => setError(undefined),
    async run(name, action) {
      setPending(before => [...before, name]);
      setError(undefined);
      try {
        await action();
      } catch (failure) {
        setError({ text: messageOf(failure), action: name });
      } finally {
        setPending(before => before.filter(each => each !== name));
      }
    },
  };
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
