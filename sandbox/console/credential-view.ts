import type { LineageView as Lineage, TokenView } from '../genesys-cloud/lineage.ts';
import type { SecretDescription } from '../secrets-manager/secret-description.ts';
import type { ConsoleSandbox } from './console-sandbox.ts';
import { consumerView } from './consumer-view.ts';
import type { LabelHistory } from './label-history.ts';
import { loginsBehind } from './logins.ts';
import { rotationView } from './rotation-view.ts';
import { type StoredTokens, storedTokens } from './stored-tokens.ts';
import { verdictView } from './verdict-view.ts';
import type { CredentialView, IssuedTokenView, LineageView, TokenMark, VersionView } from './views.ts';

/** The number of tokens to show for each login: after a year there are thousands. */
const MAX_TOKENS = 50;

/** The secrets that are rotated or hold a Genesys Cloud credential, in the order of creation. */
export function credentialViews(sandbox: ConsoleSandbox, labels: LabelHistory): CredentialView[] {
  const { secretsManager, genesysCloud } = sandbox;
  return secretsManager.secrets().flatMap(secret => {
    const tokens = storedTokens(secretsManager, secret.arn);
    const stored = [...tokens.values()];
    if (secret.rotation === undefined && stored.every(({ clientId }) => clientId === undefined)) return [];
    const logins = loginsBehind(stored, genesysCloud);
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
  { accessToken, refreshToken }: StoredTokens,
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
