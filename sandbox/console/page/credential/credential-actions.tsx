import type { CredentialView } from '../../views.ts';

/** See {@link CredentialActions}. */
interface ActionsProps {
  readonly credentials: readonly CredentialView[];
  readonly shown: CredentialView | undefined;
  readonly isPending: (action: string) => boolean;
  readonly onChoose: (name: string) => void;
  readonly onRotate: (credential: CredentialView) => void;
  readonly onAuthorize: (credential: CredentialView) => void;
  readonly onRevoke: (credential: CredentialView) => void;
}

/** Which credential is looked at, and what an operator and its user can do to it. */
export function CredentialActions(props: ActionsProps) {
  const { credentials, shown, isPending, onChoose, onRotate, onAuthorize, onRevoke } = props;
  if (shown === undefined) return <p class="hint">There is no credential.</p>;
  return (
    <div class="credential-actions">
      <select
        aria-label="Credential"
        value={shown.name}
        onChange={event => onChoose(event.currentTarget.value)}
      >
        {credentials.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <button
        type="button"
        class="primary"
        disabled={isPending('rotate')}
        title="RotateSecret, now"
        onClick={() => onRotate(shown)}
      >
        Rotate now
      </button>
      <button
        type="button"
        disabled={isPending('authorize')}
        title="The user logs in at Genesys Cloud, and the new tokens become AWSCURRENT"
        onClick={() => onAuthorize(shown)}
      >
        Log in again
      </button>
      <button
        type="button"
        disabled={isPending('revoke')}
        title="Genesys Cloud ends all tokens of the user, as after a logout or a new password"
        onClick={() => onRevoke(shown)}
      >
        Revoke tokens
      </button>
    </div>
  );
}
