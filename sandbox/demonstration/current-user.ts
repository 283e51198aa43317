import type { GenesysCloud } from '../genesys-cloud/genesys-cloud.ts';

/** The HTTP status of what Genesys Cloud's API answers to `users/me` with this access token: 200 when it is good. */
export async function statusOfCurrentUser(
  { apiUrl }: Pick<GenesysCloud, 'apiUrl'>,
  accessToken: string,
): Promise<number> {
  const answer = await fetch(`${apiUrl}/api/v2/users/me`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  await answer.arrayBuffer();
  return answer.status;
}
