const IN_THE_REPOSITORY = 'docs/runbook.md';

/** Where the runbook says what to do about something, by the name of its entry. */
export function runbookEntry(runbookUrl: string | undefined, entry: string): string {
  return `${runbookUrl ?? IN_THE_REPOSITORY}#${entry}`;
}
