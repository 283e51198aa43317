/** The first characters of a version id. */
export function shortId(versionId: string): string {
  return versionId.length <= 12 ? versionId : `${versionId.slice(0, 8)}…`;
}
