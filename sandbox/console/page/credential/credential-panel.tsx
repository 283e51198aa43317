import type { CredentialView, LabelMoveView } from '../../views.ts';
import { Fact } from '../fact.tsx';
import { Icon } from '../icon.tsx';
import { useNow } from '../live/use-now.ts';
import { dateTimeText, distanceText, timeOfDayText } from '../time-text.ts';
import { Lineages } from './lineages.tsx';
import { shortId } from './short-id.ts';
import { VersionTable } from './version-table.tsx';

/** See {@link CredentialPanel}. */
interface CredentialProps {
  readonly credential: CredentialView;
  readonly clockOffsetMs: number;
}

/** A secret: the result for its consumers, its versions and labels, and the state of its tokens at Genesys Cloud. */
export function CredentialPanel({ credential, clockOffsetMs }: CredentialProps) {
  const { name, rotation, versions, labelMoves, lineages } = credential;
  const now = useNow(clockOffsetMs, 1_000);
  const instant = (date: string | undefined): string =>
    date === undefined ? '–' : `${dateTimeText(new Date(date))}, ${distanceText(new Date(date), now)}`;
  return (
    <section class="panel credential" aria-labelledby="credential-heading">
      <header>
        <h2 id="credential-heading">Credential</h2>
        <span class="hint">{name}</span>
      </header>
      <Consumer consumer={credential.consumer} verdict={credential.verdict} now={now} />
      <dl class="facts">
        <Fact name="Rotation" value={rotation.status} />
        <Fact name="Rotated" value={instant(rotation.lastRotatedDate)} />
        <Fact name="Next" value={instant(rotation.nextRotationDate)} />
      </dl>
      <h3>Versions</h3>
      <VersionTable versions={versions} />
      <h3>Label moves</h3>
      <LabelMoves moves={labelMoves} />
      <h3>Logins at Genesys Cloud</h3>
      <Lineages lineages={lineages} now={now} />
    </section>
  );
}

interface ConsumerProps extends Pick<CredentialView, 'consumer' | 'verdict'> {
  readonly now: Date;
}

/** The verdict of the program, and what Genesys Cloud says to the access token. */
function Consumer({ consumer, verdict, now }: ConsumerProps) {
  const { works, explanation, accessTokenFingerprint, accessTokenExpiresAt } = consumer;
  const tone = works ? 'succeeded' : 'failed';
  const expiresAt = accessTokenExpiresAt === undefined ? undefined : new Date(accessTokenExpiresAt);
  // The expiry of a revoked token does not matter.
  const expiryText =
    expiresAt !== undefined && (works || expiresAt <= now) ? expiry(expiresAt, now) : undefined;
  return (
    <div class={`consumer tone-${tone}`} data-works={works}>
      <p>
        <Icon tone={tone} />
        <b>{verdict.impact}</b>
      </p>
      <p>{explanation}</p>
      {verdict.cause !== undefined && <p>{verdict.cause}</p>}
      {verdict.next.map(line => (
        <p key={line} class="next">
          {line}
        </p>
      ))}
      {accessTokenFingerprint !== undefined && (
        <p class="hint">
          Access token <code>{accessTokenFingerprint}</code>
          {expiryText !== undefined && <>, {expiryText}</>}
        </p>
      )}
    </div>
  );
}

function expiry(at: Date, now: Date): string {
  return `${at > now ? 'expires' : 'expired'} ${distanceText(at, now)}`;
}

/** The moves of the staging labels, latest first. */
function LabelMoves({ moves }: { readonly moves: readonly LabelMoveView[] }) {
  if (moves.length === 0) return <p class="hint">None since the sandbox started.</p>;
  return (
    <ol class="moves">
      {moves.toReversed().map(({ at, label, from, to }) => (
        <li key={`${at} ${label} ${from} ${to}`}>
          <time dateTime={at} title={`${dateTimeText(new Date(at))} UTC`}>
            {timeOfDayText(new Date(at)).slice(0, 8)}
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
