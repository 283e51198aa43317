import * as v from 'valibot';
import type { Sandbox } from '../../sandbox/sandbox.ts';

const watchReport = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ Credentials: v.number(), OverdueCredentials: v.number() }),
);

/** The hourly metrics of the watch, the oldest first. */
export function watchReports({ stack, lambda }: Sandbox) {
  const watch = stack.functions.find(({ name }) => name.endsWith('-watch'));
  return lambda.logs(watch?.name ?? '').flatMap(({ text }) => {
    const parsed = v.safeParse(watchReport, text);
    return parsed.success ? [parsed.output] : [];
  });
}
