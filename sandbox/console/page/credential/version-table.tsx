import type { TokenMark, VersionView } from '../../views.ts';
import { StatusChip } from '../status-chip.tsx';
import { dateTimeText } from '../time-text.ts';
import { shortId } from './short-id.ts';

/** The versions of a secret, newest first. */
export function VersionTable({ versions }: { readonly versions: readonly VersionView[] }) {
  return (
    <div class="table-scroll">
      <table class="versions">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Access token</th>
            <th scope="col">Refresh token</th>
          </tr>
        </thead>
        <tbody>
          {versions.toReversed().map(({ id, createdDate, labels, accessToken, refreshToken }) => (
            <tr key={id} data-version={id}>
              <th scope="row">
                <code title={`${id}, of ${dateTimeText(new Date(createdDate))} UTC`}>{shortId(id)}</code>
                {labels.map(label => (
                  <span key={label} class="label">
                    {label}
                  </span>
                ))}
                {labels.length === 0 && <span class="hint">no label</span>}
              </th>
              <td>
                <Mark mark={accessToken} />
              </td>
              <td>
                <Mark mark={refreshToken} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Mark({ mark }: { readonly mark: TokenMark | undefined }) {
  if (mark === undefined) return <span class="hint">none yet</span>;
  return (
    <>
      <StatusChip status={mark.state} />
      <code title={mark.fingerprint}>{mark.fingerprint.slice(0, 8)}</code>
    </>
  );
}
