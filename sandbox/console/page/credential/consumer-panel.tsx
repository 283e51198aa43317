import type { CredentialView, NextStep } from '../../views.ts';
import { HEALTH } from '../appearance.ts';
import { CopyButton } from '../copy-button.tsx';
import { Icon } from '../icon.tsx';
import { useNow } from '../live/use-now.ts';
import { MiddleText } from '../middle-text.tsx';
import { Chip } from '../status-chip.tsx';
import { distanceText } from '../time-text.ts';
import { type ActionVerb, actionOf, NextAction } from './next-action.tsx';

/** See {@link ConsumerPanel}. */
interface ConsumerProps {
  readonly credential: CredentialView;
  readonly clockOffsetMs: number;
  readonly isPending: (action: string) => boolean;
  readonly onAct: (verb: ActionVerb) => void;
  readonly onRevoke: () => void;
}

/** A credential: what its consumers have, what is broken, what to do next, and buttons for operator and user. */
export function ConsumerPanel(props: ConsumerProps) {
  const { credential, clockOffsetMs, isPending, onAct, onRevoke } = props;
  const { name, secretArn, consumer, verdict } = credential;
  const tone = consumer.works ? 'succeeded' : 'failed';
  const recommended = verdict.next.map(actionOf).find(verb => verb !== undefined) ?? 'rotate';
  const buttonClass = (verb: ActionVerb): string => (verb === recommended ? 'primary' : '');
  return (
    <section
      id="consumer"
      class={`panel consumer tone-${tone}`}
      aria-labelledby="consumer-heading"
      data-works={consumer.works}
    >
      <header>
        <Chip {...HEALTH[verdict.health]} />
        <h2 id="consumer-heading">
          <MiddleText text={name} />
        </h2>
        <CopyButton text={secretArn} label="Copy ARN" what="of the secret" />
        <div class="actions">
          <button
            type="button"
            class={buttonClass('rotate')}
            disabled={isPending('rotate')}
            title="Calls RotateSecret"
            onClick={() => onAct('rotate')}
          >
            Rotate now
          </button>
          <button
            type="button"
            class={buttonClass('authorize')}
            disabled={isPending('authorize')}
            title="Logs the user in to Genesys Cloud; the new tokens become AWSCURRENT"
            onClick={() => onAct('authorize')}
          >
            Log in again
          </button>
          <button
            type="button"
            disabled={isPending('revoke')}
            title="Revokes all tokens of the user at Genesys Cloud, as after a logout or a password change"
            onClick={onRevoke}
          >
            Revoke tokens
          </button>
        </div>
      </header>
      <div class="verdict">
        <p>
          <b class="impact">
            <Icon tone={tone} />
            {verdict.impact}
          </b>{' '}
          {consumer.explanation} <AccessToken consumer={consumer} clockOffsetMs={clockOffsetMs} />
        </p>
        {(verdict.cause !== undefined || verdict.next.length > 0) && (
          <div>
            {verdict.cause !== undefined && <p>{verdict.cause}</p>}
            <ol class="next">
              {verdict.next.map((step, index) => (
                <Step
                  key={step.text}
                  step={step}
                  isFirst={index === 0}
                  recommended={recommended}
                  onAct={onAct}
                />
              ))}
            </ol>
          </div>
        )}
      </div>
    </section>
  );
}

function AccessToken({
  consumer,
  clockOffsetMs,
}: Pick<ConsumerProps, 'clockOffsetMs'> & Pick<CredentialView, 'consumer'>) {
  const { works, accessTokenFingerprint, accessTokenExpiresAt } = consumer;
  const now = useNow(clockOffsetMs, 1_000);
  if (accessTokenFingerprint === undefined) return null;
  const at = accessTokenExpiresAt === undefined ? undefined : new Date(accessTokenExpiresAt);
  // The expiry of a revoked token does not matter.
  const isShown = at !== undefined && (works || at <= now);
  return (
    <span class="hint">
      Access token <code class="fingerprint">{accessTokenFingerprint}</code>
      {isShown && `, ${at > now ? 'expires' : 'expired'} ${distanceText(at, now)}`}
    </span>
  );
}

interface StepProps {
  readonly step: NextStep;
  readonly isFirst: boolean;
  readonly recommended: ActionVerb;
  readonly onAct: (verb: ActionVerb) => void;
}

function Step({ step, isFirst, recommended, onAct }: StepProps) {
  const { text, command } = step;
  const verb = actionOf(step);
  return (
    <li>
      <b>{isFirst ? 'Next' : 'Then'}:</b> {text}
      {command === undefined ? (
        '.'
      ) : (
        <>
          : <code>{command.line}</code> <CopyButton text={command.line} label="Copy" what="command" />
        </>
      )}
      {/* The header has the other buttons. */}
      {(verb === 'redrive' || verb === 'follow') && (
        <>
          {' '}
          <NextAction verb={verb} isPrimary={verb === recommended} onAct={() => onAct(verb)} />
        </>
      )}
    </li>
  );
}
