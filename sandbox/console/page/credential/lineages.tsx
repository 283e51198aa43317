import type { LineageView, VersionView } from '../../views.ts';
import { StatusChip } from '../status-chip.tsx';
import { dateTimeText, durationText, shortTimeText } from '../time-text.ts';

/** See {@link Lineages}. */
interface LineageProps {
  readonly lineages: readonly LineageView[];
  /** The version with AWSCURRENT. */
  readonly current: VersionView | undefined;
  readonly now: Date;
}

/** The logins of the user, each with its tokens, latest first. */
export function Lineages({ lineages, current, now }: LineageProps) {
  return (
    <ol class="lineages" reversed>
      {lineages.toReversed().map(({ id, isLive, tokens }, index) => (
        <li key={id} data-lineage-live={isLive}>
          <details open={index === 0}>
            <summary>
              Login {lineages.length - index} <StatusChip status={isLive ? 'live' : 'revoked'} />
              <Grant tokens={tokens} current={current} />
              <span class="hint">{tokens.length} tokens</span>
            </summary>
            <table>
              <thead>
                <tr>
                  <th scope="col">Token</th>
                  <th scope="col">Issued</th>
                  <th scope="col">State</th>
                </tr>
              </thead>
              <tbody>
                {tokens.toReversed().map(({ fingerprint, kind, state, issuedAt, expiresAt }) => (
                  <tr key={fingerprint}>
                    <td class="token">
                      {kind} <code title={fingerprint}>{fingerprint.slice(0, 8)}</code>
                    </td>
                    <td class="time" title={dateTimeText(new Date(issuedAt))}>
                      {shortTimeText(new Date(issuedAt), now)}
                    </td>
                    <td>
                      <StatusChip status={state} />
                      {state === 'live' && expiresAt !== undefined && (
                        <span class="hint"> for {durationText(Date.parse(expiresAt) - now.getTime())}</span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        </li>
      ))}
    </ol>
  );
}

/** Marks the logins of a secret with two grants. */
function Grant({ tokens, current }: Pick<LineageView, 'tokens'> & Pick<LineageProps, 'current'>) {
  const { refreshToken, alternateRefreshToken } = current ?? {};
  if (alternateRefreshToken === undefined) return null;
  const holds = (mark: VersionView['refreshToken']): boolean =>
    tokens.some(({ fingerprint }) => fingerprint === mark?.fingerprint);
  if (holds(alternateRefreshToken)) return <span class="label">alternate</span>;
  return holds(refreshToken) ? <span class="label">in use</span> : null;
}
