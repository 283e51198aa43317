import { type FaultRule, InvalidFault, readFaultRule } from './fault-rule.ts';

/** The syntax of a rule, for a program's help. */
export const FAULT_SYNTAX =
  '<target>=<kind>[,nth=<n>|,from=<n>|,share=<0..1>][,ms=<n>][,error=<name>][,by=<function>|,by=operator]';

const OPTIONS = new Set(['nth', 'from', 'share', 'ms', 'error', 'by']);

/**
 * Reads a rule from its text, e.g. `secretsmanager:PutSecretValue=throttled,nth=2`.
 *
 * @throws InvalidFault
 */
export function parseFault(text: string): FaultRule {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidFault(`Bad fault '${text}': it must have the form ${FAULT_SYNTAX}.`);
  const [kind, ...rest] = text.slice(equals + 1).split(',');
  const options = new Map<string, string>();
  for (const part of rest) {
    const [name = '', value] = part.split('=', 2);
    if (value === undefined || value === '' || !OPTIONS.has(name) || options.has(name)) {
      throw new InvalidFault(
        `Bad fault '${text}': '${part}' is not a valid option; a fault must have the form ${FAULT_SYNTAX}.`,
      );
    }
    options.set(name, value);
  }
  const timings = ['nth', 'from', 'share'].filter(name => options.has(name));
  if (timings.length > 1)
    throw new InvalidFault(`Bad fault '${text}': only one of nth, from and share can hold.`);
  const [timing] = timings;
  return readFaultRule({
    target: text.slice(0, equals),
    kind,
    ...(options.has('by') && { by: options.get('by') }),
    ...(timing !== undefined && { when: { [timing]: Number(options.get(timing)) } }),
    ...(options.has('ms') && { ms: Number(options.get('ms')) }),
    ...(options.has('error') && { error: options.get('error') }),
  });
}

/** Writes a rule so that {@link parseFault} reads it again. */
export function formatFault({ target, kind, by, when = 'always', ms, error }: FaultRule): string {
  const options = {
    ...(when === 'always' ? {} : when),
    ...(ms !== undefined && { ms }),
    ...(error !== undefined && { error }),
    ...(by !== undefined && { by }),
  };
  return [`${target}=${kind}`, ...Object.entries(options).map(([name, value]) => `${name}=${value}`)].join(
    ',',
  );
}
