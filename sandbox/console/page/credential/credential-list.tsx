import type { CredentialView } from '../../views.ts';
import { HEALTH } from '../appearance.ts';
import { SelectableList } from '../selectable-list.tsx';

/** See {@link CredentialList}. */
interface ListProps {
  readonly credentials: readonly CredentialView[];
  readonly shown: string | undefined;
  readonly onSelect: (name: string) => void;
}

/** The health values that need attention. */
const URGENT: readonly CredentialView['verdict']['health'][] = ['expired', 'needs-authorisation', 'stuck'];

/** All credentials with their health; those that need attention come first. */
export function CredentialList({ credentials, shown, onSelect }: ListProps) {
  const [urgent, others] = [true, false].map(isUrgent =>
    credentials.filter(({ verdict }) => URGENT.includes(verdict.health) === isUrgent),
  );
  const sorted = [...(urgent ?? []), ...(others ?? [])];
  return (
    <SelectableList
      heading="Credentials"
      entries={sorted.map(({ name, verdict: { health } }) => ({
        name,
        ...HEALTH[health],
        data: { 'data-credential': name, 'data-health': health },
      }))}
      shown={shown}
      isFollowing
      onSelect={onSelect}
    >
      <span class="hint">
        {urgent?.length} of {credentials.length} need attention
      </span>
    </SelectableList>
  );
}
