/** The beginning of a version's id, by which people tell versions apart. */
export function shortId(versionId: string): string {
  return versionId.length <= 12 ? versionId : `${versionId.slice(0, 8)}…`;
}
