import type { ComponentChildren } from 'preact';
import type { Actions } from './live/use-actions.ts';

/** See {@link ErrorBar}. */
interface ErrorProps extends Pick<Actions, 'error' | 'dismissError'> {
  /** The button of an alternative action. */
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
