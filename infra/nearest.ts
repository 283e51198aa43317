/** The candidate that takes the fewest edits to become, in any case of letters. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const distance = (candidate: string): number => edits(text.toLowerCase(), candidate.toLowerCase());
  return candidates.toSorted((a, b) => distance(a) - distance(b))[0];
}

/** The fewest insertions, deletions and replacements of a character between two texts (Levenshtein). */
function edits(from: string, to: string): number {
  let row = [...Array(to.length + 1).keys()];
  for (const [index, character] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (character === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
