import { useCallback, useState } from 'preact/hooks';

/** What the user lets happen. */
export interface Actions {
  /** Whether an action of that name is under way. */
  readonly isPending: (name: string) => boolean;
  /** Does something; resolves when it is done or refused. */
  readonly run: (name: string, action: () => Promise<void>) => Promise<void>;
  /** Why the last one was refused. */
  readonly error: string | undefined;
  readonly fail: (error: unknown) => void;
  readonly dismissError: () => void;
}

/** Keeps track of what the user lets happen. */
export function useActions(): Actions {
  const [pending, setPending] = useState<readonly string[]>([]);
  const [error, setError] = useState<string>();
  const fail = useCallback((failure: unknown) => {
    setError(failure instanceof Error ? failure.message : String(failure));
  }, []);
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
        fail(failure);
      } finally {
        setPending(before => before.filter(each => each !== name));
      }
    },
  };
}
