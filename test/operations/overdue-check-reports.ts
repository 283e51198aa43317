import * as v from 'valibot';
import type { Sandbox } from '../../sandbox/sandbox.ts';

const overdueCheckReport = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ Credentials: v.number(), OverdueCredentials: v.number() }),
);

/** The hourly metrics of the overdue check, the oldest first. */
export function overdueCheckReports({ stack, lambda }: Sandbox) {
  const overdueCheck = stack.functions.find(({ name }) => name.endsWith('-overdue-check'));
  return lambda.logs(overdueCheck?.name ?? '').flatMap(({ text }) => {
    const parsed = v.safeParse(overdueCheckReport, text);
    return parsed.success ? [parsed.output] : [];
  });
}
