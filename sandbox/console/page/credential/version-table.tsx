import type { TokenMark, VersionView } from '../../views.ts';
import { StatusChip } from '../status-chip.tsx';
import { dateTimeText, shortTimeText } from '../time-text.ts';
import { shortId } from './short-id.ts';

/** See {@link VersionTable}. */
interface VersionProps {
  readonly versions: readonly VersionView[];
  readonly now: Date;
}

/** The versions of a secret, newest first. */
export function VersionTable({ versions, now }: VersionProps) {
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
          {versions
            .toReversed()
            .map(({ id, createdDate, labels, accessToken, refreshToken, alternateRefreshToken }) => (
              <tr key={id} data-version={id}>
                <th scope="row">
                  <code title={id}>{shortId(id)}</code>{' '}
                  <time class="hint" dateTime={createdDate} title={dateTimeText(new Date(createdDate))}>
                    {shortTimeText(new Date(createdDate), now)}
                  </time>
                  {labels.map(label => (
                    <span key={label} class="label">
                      {label}
                    </span>
                  ))}
                  {labels.length === 0 && <span class="hint"> no label</span>}
                </th>
                <td>
                  <Mark mark={accessToken} />
                </td>
                <td>
                  <Mark mark={refreshToken} />
                  {alternateRefreshToken !== undefined && (
                    <div class="alternate" title="Key alternateRefreshToken: the grant not in use">
                      <Mark mark={alternateRefreshToken} /> <span class="label">alternate</span>
                    </div>
                  )}
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
