import { instantText } from '../../cli/shared/time-text.ts';
import type { LineageView as Lineage, TokenView } from '../genesys-cloud/lineage.ts';
import type { RotationStatus } from '../secrets-manager/rotation.ts';
import type { SecretDescription } from '../secrets-manager/secret-description.ts';
import type { ConsoleSandbox } from './console-sandbox.ts';
import type { LabelHistory } from './label-history.ts';
import { loginsOf, type StoredTokens, storedTokens } from './stored-tokens.ts';
import { verdictView } from './verdict-view.ts';
import type {
  ConsumerView,
  CredentialView,
  IssuedTokenView,
  LineageView,
  RotationView,
  TokenMark,
  VersionView,
} from './views.ts';

/** The number of tokens to show for each login: after a year there are thousands. */
const MAX_TOKENS = 50;

/** The secrets that are rotated or hold a Genesys Cloud credential, in order of creation. */
export function credentialViews(sandbox: ConsoleSandbox, labels: LabelHistory): CredentialView[] {
  const { secretsManager, genesysCloud } = sandbox;
  return secretsManager.secrets().flatMap(secret => {
    const tokens = storedTokens(secretsManager, secret.arn);
    const stored = [...tokens.values()];
    if (secret.rotation === undefined && stored.every(({ clientId }) => clientId === undefined)) return [];
    const logins = loginsOf(stored, genesysCloud);
    const view = credentialView(secret, tokens, logins, labels);
    return [{ ...view, verdict: verdictView(secret, view.consumer, sandbox) }];
  });
}

function credentialView(
  secret: SecretDescription,
  tokens: ReadonlyMap<string, StoredTokens>,
  logins: readonly Lineage[],
  labels: LabelHistory,
): Omit<CredentialView, 'verdict'> {
  const issued = new Map(
    logins.flatMap(login => login.tokens).map(token => [token.fingerprint, token] as const),
  );
  const current = secret.versions.find(version => version.labels.includes('AWSCURRENT'));
  return {
    secretArn: secret.arn,
    name: secret.name,
    rotation: rotationView(secret),
    versions: secret.versions.map(version => versionView(version, tokens.get(version.id) ?? {}, issued)),
    labelMoves: labels.of(secret.arn),
    lineages: logins.map(lineageView),
    consumer: consumerView(secret, current && tokens.get(current.id), issued),
  };
}

function versionView(
  { id, createdAt, labels }: SecretDescription['versions'][number],
  { accessToken, refreshToken, alternateRefreshToken }: StoredTokens,
  issued: ReadonlyMap<string, TokenView>,
): VersionView {
  const mark = (fingerprint: string): TokenMark => ({
    fingerprint,
    state: issued.get(fingerprint)?.state ?? 'unknown',
  });
  return {
    id,
    createdDate: createdAt.toISOString(),
    labels,
    ...(accessToken !== undefined && { accessToken: mark(accessToken) }),
    ...(refreshToken !== undefined && { refreshToken: mark(refreshToken) }),
    ...(alternateRefreshToken !== undefined && { alternateRefreshToken: mark(alternateRefreshToken) }),
  };
}

function lineageView({ id, tokens }: Lineage): LineageView {
  return {
    id,
    isLive: tokens.some(({ kind, state }) => kind === 'refresh' && state === 'live'),
    tokens: tokens.slice(-MAX_TOKENS).map(issuedTokenView),
  };
}

function issuedTokenView({ fingerprint, kind, state, issuedAt, expiresAt }: TokenView): IssuedTokenView {
  return {
    fingerprint,
    kind,
    state,
    issuedAt: issuedAt.toISOString(),
    ...(expiresAt !== undefined && { expiresAt: expiresAt.toISOString() }),
  };
}

/** Genesys Cloud's response to the access token. */
const RESPONSES = {
  live: 'Genesys Cloud accepts the access token of AWSCURRENT.',
  expired: 'Genesys Cloud responds with 401: the access token of AWSCURRENT has expired.',
  revoked: 'Genesys Cloud responds with 401: the access token of AWSCURRENT was revoked.',
  spent: 'Genesys Cloud responds with 401: the key accessToken of AWSCURRENT holds a spent refresh token.',
  unknown: 'Genesys Cloud responds with 401: it never issued the access token of AWSCURRENT.',
} as const;

/**
 * The result for a consumer that reads AWSCURRENT and calls Genesys Cloud, if no fault interferes.
 *
 * @param current the tokens of AWSCURRENT; undefined when it has no value
 * @param issued  the tokens that Genesys Cloud issued to the user, by fingerprint
 */
function consumerView(
  { deletionDate }: Pick<SecretDescription, 'deletionDate'>,
  current: StoredTokens | undefined,
  issued: ReadonlyMap<string, TokenView>,
): ConsumerView {
  if (deletionDate !== undefined) {
    return { works: false, explanation: 'The secret is scheduled for deletion and cannot be read.' };
  }
  if (current === undefined) return { works: false, explanation: 'AWSCURRENT has no value.' };
  const fingerprint = current.accessToken;
  if (fingerprint === undefined) {
    return { works: false, explanation: 'The value of AWSCURRENT has no access token.' };
  }
  const token = issued.get(fingerprint);
  const expiresAt = token?.expiresAt?.toISOString();
  return {
    works: token?.kind === 'access' && token.state === 'live',
    explanation: RESPONSES[token?.state ?? 'unknown'],
    accessTokenFingerprint: fingerprint,
    ...(expiresAt !== undefined && { accessTokenExpiresAt: expiresAt }),
  };
}

/** The state of a secret's rotation. */
function rotationView({ rotation }: SecretDescription): RotationView {
  if (rotation === undefined) return { isEnabled: false, status: 'not enabled' };
  const { enabled, nextRotationDate, lastRotatedAt, unfinished } = rotation;
  return {
    isEnabled: enabled,
    ...(nextRotationDate !== undefined && { nextRotationDate: nextRotationDate.toISOString() }),
    ...(lastRotatedAt !== undefined && { lastRotatedDate: lastRotatedAt.toISOString() }),
    status: unfinished === undefined ? (enabled ? 'idle' : 'not enabled') : statusText(unfinished),
  };
}

function statusText({ kind, state, step, attempt, retryAt }: RotationStatus): string {
  switch (state) {
    case 'running':
      if (kind === 'test') return 'testing the configuration';
      return `rotating, attempt ${attempt}${step === undefined ? '' : `: ${step}`}`;
    case 'waitingForRetry':
      return `failed, waiting for a retry${retryAt === undefined ? '' : ` at ${instantText(retryAt)}`}`;
    case 'outOfRetries':
      return 'failed, no retry before the next window';
  }
}
