import type { KMSClient } from '@aws-sdk/client-kms';
import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { openSeal } from '../../functions/shared/sealed-blob.ts';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import type { GenesysCloud } from '../../sandbox/genesys-cloud/genesys-cloud.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { completeCredential } from '../complete-credential.ts';

/** What has become of a credential, told without its tokens. */
export interface CredentialState {
  /**
   * What AWSCURRENT holds: `first` the value that it held at first, unchanged; `rotated` a complete credential whose
   * two tokens are good at Genesys Cloud; `broken` anything else.
   */
  readonly current: 'first' | 'rotated' | 'broken';
  /**
   * Where the refresh token is that Genesys Cloud would take now: in AWSCURRENT, in another version, sealed in the
   * state of an execution that can be redriven, or nowhere.
   */
  readonly newestToken: 'current' | 'stored' | 'sealed' | 'lost';
}

/** What a look at a credential needs. */
export interface CredentialAccess {
  readonly secrets: SecretsManagerClient;
  readonly kms: KMSClient;
  readonly sealKeyArn: string;
  readonly genesysCloud: GenesysCloud;
}

const sealedTokens = v.object({
  secretArn: v.string(),
  versionId: v.string(),
  refreshed: v.object({ sealedValue: v.string() }),
});

/**
 * Looks where the tokens of a credential are.
 *
 * @param of.clientId whose first refresh token was in AWSCURRENT at first
 * @param executions  those of the secret
 */
export async function credentialState(
  { secretArn, clientId }: { readonly secretArn: string; readonly clientId: string },
  executions: readonly ExecutionSnapshot[],
  access: CredentialAccess,
): Promise<CredentialState> {
  const { genesysCloud } = access;
  const isLive = (token: string): boolean => genesysCloud.isLive(fingerprintOf(token));
  const versions = await storedValues(secretArn, access.secrets);
  const current = versions.find(({ isCurrent }) => isCurrent);
  const parsed = v.safeParse(completeCredential, current?.value);
  if (!parsed.success) return { current: 'broken', newestToken: 'lost' };

  const { refreshToken, accessToken } = parsed.output;
  const [firstToken] = genesysCloud
    .lineages(clientId)
    .flatMap(({ tokens }) => tokens.filter(({ kind }) => kind === 'refresh'));
  const isFirst = fingerprintOf(refreshToken) === firstToken?.fingerprint;
  const isGood = isLive(refreshToken) && isLive(accessToken);
  return {
    current: isFirst ? 'first' : isGood ? 'rotated' : 'broken',
    newestToken: isLive(refreshToken) ? 'current' : await elsewhere(),
  };

  async function elsewhere(): Promise<CredentialState['newestToken']> {
    const stored = versions.some(({ value }) => holdsLiveToken(value, isLive));
    if (stored) return 'stored';
    const sealed = await sealedValues(executions, access);
    return sealed.some(value => holdsLiveToken(value, isLive)) ? 'sealed' : 'lost';
  }
}

function holdsLiveToken(value: string, isLive: (token: string) => boolean): boolean {
  const parsed = v.safeParse(completeCredential, value);
  return parsed.success && isLive(parsed.output.refreshToken);
}

/** The values of all versions, those without label included. */
async function storedValues(
  secretArn: string,
  secrets: SecretsManagerClient,
): Promise<{ isCurrent: boolean; value: string }[]> {
  const { Versions = [] } = await secrets.send(
    new ListSecretVersionIdsCommand({ SecretId: secretArn, IncludeDeprecated: true }),
  );
  const values = await Promise.all(
    Versions.map(async ({ VersionId, VersionStages = [] }) => {
      try {
        const { SecretString } = await secrets.send(
          new GetSecretValueCommand({ SecretId: secretArn, VersionId }),
        );
        return { isCurrent: VersionStages.includes('AWSCURRENT'), value: SecretString ?? '' };
      } catch (error) {
        // The version of a rotation that has not come to store anything.
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    }),
  );
  return values.filter(value => value !== undefined);
}

/**
 * The values that are sealed in what the states of these executions gave; those that are over for good do not count.
 */
async function sealedValues(
  executions: readonly ExecutionSnapshot[],
  { kms, sealKeyArn }: CredentialAccess,
): Promise<string[]> {
  const outputs = executions
    .filter(({ status }) => status !== 'SUCCEEDED')
    .flatMap(({ history }) => history.filter(({ type }) => type === 'TaskStateExited'))
    .map(({ details }) => v.safeParse(sealedTokens, JSON.parse(String(details?.output))))
    .filter(parsed => parsed.success);
  return await Promise.all(
    outputs.map(({ output: { secretArn, versionId, refreshed } }) =>
      openSeal(kms, sealKeyArn, { secretArn, versionId, holds: 'secret-value' }, refreshed.sealedValue),
    ),
  );
}
