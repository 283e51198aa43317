import type { GenesysUrls } from '../../functions/shared/genesys/urls.ts';
import { readCurrent } from '../../functions/shared/secrets/secret-versions.ts';
import { findListedVersion } from '../shared/listed-version.ts';
import { type Cause, type CauseDependencies, type Failed, UNKNOWN } from './cause.ts';

/** A new version fixes a wrong credential. */
export async function currentVersionCause(
  { secretArn, closedAt }: Failed,
  { secrets }: CauseDependencies,
  action: string,
): Promise<Cause> {
  const current = await findListedVersion(secrets, secretArn, ({ VersionStages = [] }) =>
    VersionStages.includes('AWSCURRENT'),
  );
  const { CreatedDate: writtenAt } = current ?? {};
  if (writtenAt === undefined) return UNKNOWN;
  if (writtenAt > closedAt) {
    return {
      looks: 'gone',
      why: `AWSCURRENT was written at ${writtenAt.toISOString()}, after the failure.`,
    };
  }
  return {
    looks: 'unchanged',
    why: `AWSCURRENT is still the version of ${writtenAt.toISOString()}, from before the failure. ${action}`,
  };
}

/** The credential names the host; not everybody may read it. */
export async function genesysCloudCause(
  { secretArn }: Failed,
  { secrets, genesysUrlsOf, unserved, sleep }: CauseDependencies,
): Promise<Cause> {
  let urls: GenesysUrls;
  try {
    const { credential } = await readCurrent(secrets, secretArn, sleep);
    urls = genesysUrlsOf(credential.host);
  } catch {
    // The error is about the secret, not about Genesys Cloud.
    return {
      looks: 'unknown',
      why: 'The secret cannot be read, so its Genesys Cloud host is unknown and was not called.',
    };
  }
  const down = await unserved(urls);
  return down.length === 0
    ? { looks: 'gone', why: 'The token endpoint and the API of Genesys Cloud respond.' }
    : {
        looks: 'unchanged',
        why: `${down.join(' and ')} ${down.length === 1 ? 'does' : 'do'} not respond, or with an error. See Genesys Cloud's status page.`,
      };
}
