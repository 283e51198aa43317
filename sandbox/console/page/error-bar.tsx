import type { ComponentChildren } from 'preact';
import type { Actions } from './live/use-actions.ts';

/** See {@link ErrorBar}. */
interface ErrorProps extends Pick<Actions, 'error' | 'dismissError'> {
  /** What can be done instead. */
  readonly children?: ComponentChildren;
}

/** Why the user's last action was refused. */
export function ErrorBar({ error, dismissError, children }: ErrorProps) {
  return (
    <div role="alert" class={error === undefined ? 'error-bar is-empty' : 'error-bar'}>
      {error !== undefined && (
        <>
          <p>{error.text}</p>
          <div class="actions">
            {children}
            <button type="button" class="quiet" onClick={dismissError}>
              Dismiss
            </button>
          </div>
        </>
      )}
    </div>
  );
}
