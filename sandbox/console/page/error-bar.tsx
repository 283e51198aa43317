/** See {@link ErrorBar}. */
interface ErrorProps {
  readonly error: string | undefined;
  readonly onDismiss: () => void;
}

/** The error of the user's last action. */
export function ErrorBar({ error, onDismiss }: ErrorProps) {
  return (
    <div role="alert" class={error === undefined ? 'error-bar is-empty' : 'error-bar'}>
      {error !== undefined && (
        <>
          <p>{error}</p>
          <button type="button" class="quiet" onClick={onDismiss}>
            Dismiss
          </button>
        </>
      )}
    </div>
  );
}
