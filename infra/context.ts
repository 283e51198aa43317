import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { NAME_PREFIX } from './function-list.ts';
import { InvalidSetting } from './invalid-setting.ts';
import type { TokenRotationProps } from './token-rotation-props.ts';

/** The settings of the app: the stack's name, and those of the construct that have a context key. */
export interface AppSettings extends TokenRotationProps {
  readonly stackName: string;
}

const text = v.pipe(v.string('is not a text'), v.trim(), v.nonEmpty('is empty'));

const list = v.pipe(
  v.union([v.string(), v.array(v.string())], 'is not a list; write its items with commas between them'),
  v.transform(value => (typeof value === 'string' ? value.split(',') : value).map(item => item.trim())),
  v.check(items => !items.includes(''), 'has an empty item'),
);

const wholeNumber = v.pipe(
  v.union([v.string(), v.number()], 'is not a whole number'),
  v.transform(String),
  v.regex(/^\d{1,9}$/, 'is not a whole number'),
  v.transform(Number),
);

/** CloudWatch Logs offers certain numbers of days only. `INFINITE` is none: it is CDK's word for no retention. */
const retention = v.pipe(
  wholeNumber,
  v.check(
    days => days in RetentionDays && days !== RetentionDays.INFINITE,
    'is not a number of days that CloudWatch Logs offers; write for example 7, 30, 90 or 365',
  ),
  v.transform((days): RetentionDays => days),
);

/** Every context key of the app. */
const CONTEXT = v.object({
  // The prefix of all names, too.
  stackName: v.optional(
    v.pipe(text, v.regex(NAME_PREFIX.pattern, NAME_PREFIX.rule)),
    'genesys-token-rotation',
  ),
  secretArns: v.exactOptional(list),
  secretArnPatterns: v.exactOptional(list),
  secretNames: v.exactOptional(list),
  secretKeyArns: v.exactOptional(list),
  schedule: v.exactOptional(text),
  window: v.exactOptional(text),
  memoryMb: v.exactOptional(wholeNumber),
  logRetentionDays: v.exactOptional(retention),
  genesysLoginUrl: v.exactOptional(text),
  genesysApiUrl: v.exactOptional(text),
});

/**
 * Reads the settings from the context of the CDK app, that is from `-c key=value` or from `cdk.json`. It looks at
 * their form only: what they say is judged by the construct.
 *
 * @param contextValue gives the value of a context key, undefined when the key is not set
 * @throws InvalidSetting names the key whose value is of no use
 */
export function readSettings(contextValue: (key: string) => unknown): AppSettings {
  const given = Object.keys(CONTEXT.entries).flatMap(key => {
    const value = contextValue(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const result = v.safeParse(CONTEXT, Object.fromEntries(given));
  if (!result.success) {
    const [{ message, path }] = result.issues;
    const key = String(path?.[0].key);
    throw new InvalidSetting(key, `${JSON.stringify(contextValue(key))} ${message}.`);
  }

  const { logRetentionDays, genesysLoginUrl, genesysApiUrl, ...settings } = result.output;
  return {
    ...settings,
    ...(logRetentionDays !== undefined && { logRetention: logRetentionDays }),
    ...gateway(genesysLoginUrl, genesysApiUrl),
  };
}

function gateway(loginUrl?: string, apiUrl?: string): Pick<TokenRotationProps, 'genesysGateway'> {
  if (loginUrl === undefined && apiUrl === undefined) return {};
  if (loginUrl === undefined) throw new InvalidSetting('genesysLoginUrl', 'is missing beside genesysApiUrl.');
  if (apiUrl === undefined) throw new InvalidSetting('genesysApiUrl', 'is missing beside genesysLoginUrl.');
  return { genesysGateway: { loginUrl, apiUrl } };
}
