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

/** Selects a credential, and offers the actions of an operator and of its user. */
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
        title="Calls RotateSecret"
        onClick={() => onRotate(shown)}
      >
        Rotate now
      </button>
      <button
        type="button"
        disabled={isPending('authorize')}
        title="Logs the user in to Genesys Cloud; the new tokens become AWSCURRENT"
        onClick={() => onAuthorize(shown)}
      >
        Log in again
      </button>
      <button
        type="button"
        disabled={isPending('revoke')}
        title="Revokes all tokens of the user at Genesys Cloud, as after a logout or a password change"
        onClick={() => onRevoke(shown)}
      >
        Revoke tokens
      </button>
    </div>
  );
}
