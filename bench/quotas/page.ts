const BEGIN = '<!-- figures: begin -->';
const END = '<!-- figures: end -->';

/**
 * Replaces the figures between the markers of a page and keeps the rest.
 *
 * @throws Error the page lacks the markers
 */
export function withFigures(page: string, figures: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`The markers ${BEGIN} and ${END} are missing.`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${figures}\n\n${page.slice(end)}`;
}
