import type { LineageView } from '../../views.ts';
import { StatusChip } from '../status-chip.tsx';
import { durationText, timeOfDayText } from '../time-text.ts';

/** See {@link Lineages}. */
interface LineageProps {
  readonly lineages: readonly LineageView[];
  readonly now: Date;
}

/** The logins of the user, each with its tokens, latest first. */
export function Lineages({ lineages, now }: LineageProps) {
  return (
    <ol class="lineages" reversed>
      {lineages.toReversed().map(({ id, isLive, tokens }, index) => (
        <li key={id} data-lineage-live={isLive}>
          <details open={index === 0}>
            <summary>
              Login {lineages.length - index} <StatusChip status={isLive ? 'live' : 'revoked'} />
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
                    <td class="time">{timeOfDayText(new Date(issuedAt)).slice(0, 8)}</td>
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
