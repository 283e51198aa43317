import type { CredentialView, LabelMoveView } from '../../views.ts';
import { Fact } from '../fact.tsx';
import { useNow } from '../live/use-now.ts';
import { dateTimeText, distanceText, shortTimeText } from '../time-text.ts';
import { Lineages } from './lineages.tsx';
import { shortId } from './short-id.ts';
import { VersionTable } from './version-table.tsx';

/** See {@link CredentialPanel}. */
interface CredentialProps {
  readonly credential: CredentialView;
  readonly clockOffsetMs: number;
}

/** A secret: its rotation, its versions and labels, and the state of its tokens at Genesys Cloud. */
export function CredentialPanel({ credential, clockOffsetMs }: CredentialProps) {
  const { rotation, versions, labelMoves, lineages } = credential;
  const now = useNow(clockOffsetMs, 1_000);
  const instant = (date: string | undefined): string =>
    date === undefined ? '–' : `${dateTimeText(new Date(date))}, ${distanceText(new Date(date), now)}`;
  return (
    <section class="panel credential" aria-labelledby="credential-heading">
      <header>
        <h2 id="credential-heading">Secret</h2>
        <span class="hint">times in UTC</span>
      </header>
      <dl class="facts">
        <Fact name="Rotation" value={rotation.status} />
        <Fact name="Rotated" value={instant(rotation.lastRotatedDate)} />
        <Fact name="Next" value={instant(rotation.nextRotationDate)} />
      </dl>
      <h3>Versions</h3>
      <VersionTable versions={versions} now={now} />
      <h3>Label moves</h3>
      <LabelMoves moves={labelMoves} now={now} />
      <h3>Logins at Genesys Cloud</h3>
      <Lineages
        lineages={lineages}
        current={versions.find(({ labels }) => labels.includes('AWSCURRENT'))}
        now={now}
      />
    </section>
  );
}

/** See {@link LabelMoves}. */
interface MovesProps {
  readonly moves: readonly LabelMoveView[];
  readonly now: Date;
}

/** The moves of the staging labels, latest first. */
function LabelMoves({ moves, now }: MovesProps) {
  if (moves.length === 0) return <p class="hint">None since the sandbox started.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users must be able to scroll it
    <ol class="moves" tabIndex={0} aria-label="Label moves">
      {moves.toReversed().map(({ at, label, from, to }) => (
        <li key={`${at} ${label} ${from} ${to}`}>
          <time dateTime={at} title={dateTimeText(new Date(at))}>
            {shortTimeText(new Date(at), now)}
          </time>
          <span>
            <span class="label">{label}</span> {route(from, to)}
          </span>
        </li>
      ))}
    </ol>
  );
}

function route(from: string | undefined, to: string | undefined): string {
  if (from === undefined) return `added to ${shortId(to ?? '')}`;
  return to === undefined ? `removed from ${shortId(from)}` : `from ${shortId(from)} to ${shortId(to)}`;
}
