import type { GenesysCloud } from './genesys-cloud.ts';

/** The HTTP status of Genesys Cloud's response to `users/me` with an access token: 200 when the token works. */
export async function statusOfCurrentUser(
  { apiUrl }: Pick<GenesysCloud, 'apiUrl'>,
  accessToken: string,
): Promise<number> {
  const response = await fetch(`${apiUrl}/api/v2/users/me`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  await response.arrayBuffer();
  return response.status;
}
