import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import type {
  FunctionOptions,
  GenesysGateway,
  LogOptions,
  NotificationOptions,
  ScheduleOptions,
  SecretOptions,
} from './options.ts';
import { InvalidSetting, NAME_PREFIX } from './validation.ts';

/** The settings of the app. Existing resources are identified by ARN. */
export interface AppSettings
  extends Omit<SecretOptions, 'secrets' | 'secretKey' | 'secretKeys'>,
    ScheduleOptions,
    FunctionOptions,
    Pick<LogOptions, 'logRetention'>,
    Omit<NotificationOptions, 'notificationTopic'> {
  /** The stack's name, and the prefix of all names. */
  readonly stackName: string;
  readonly secretArns?: readonly string[] | undefined;
  readonly secretKeyArn?: string | undefined;
  readonly secretKeyArns?: readonly string[] | undefined;
  readonly logKeyArn?: string | undefined;
  readonly notificationTopicArn?: string | undefined;
  readonly notificationTopicKeyArn?: string | undefined;
  readonly encryptExecutionData?: boolean | undefined;
  readonly publishAccessTokens?: boolean | undefined;
  readonly genesysGateway?: GenesysGateway | undefined;
  readonly removalPolicy?: 'retain' | 'destroy' | undefined;
  /** Tags of all resources that support them. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** The permissions boundary of every role. */
  readonly permissionsBoundaryArn?: string | undefined;
}

const text = v.pipe(v.string('is not a string'), v.trim(), v.nonEmpty('is empty'));

/** Strings: separated by commas on the command line, an array in a JSON file. */
const list = v.pipe(
  v.union([v.string(), v.array(v.string())], 'is not a list; separate its items with commas'),
  v.transform(value => (typeof value === 'string' ? value.split(',') : value).map(item => item.trim())),
  v.check(items => !items.includes(''), 'has an empty item'),
);

/** A non-negative integer. */
const wholeNumber = v.pipe(
  v.union([v.string(), v.number()], 'is not a whole number'),
  v.transform(String),
  v.regex(/^\d{1,9}$/, 'is not a whole number'),
  v.transform(Number),
);

/** `true` or `false`: a string on the command line, a boolean in a JSON file. */
const booleanValue = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])], 'is neither true nor false'),
  v.transform(value => value === true || value === 'true'),
);

/** CloudWatch Logs accepts certain numbers of days only. CDK's `INFINITE` is not one of them. */
const retention = v.pipe(
  wholeNumber,
  v.check(
    days => days in RetentionDays && days !== RetentionDays.INFINITE,
    'is not a number of days that CloudWatch Logs accepts; use for example 7, 30, 90 or 365',
  ),
  v.transform((days): RetentionDays => days),
);

/** Keys and values: `key=value,key=value` on the command line, an object in a JSON file. */
const pairs = v.union(
  [
    v.pipe(
      v.string(),
      v.transform(value => value.split(',').map(pair => pair.trim())),
      v.check(items => items.every(pair => /^[^=]+=/.test(pair))),
      v.check(items => new Set(items.map(keyOf)).size === items.length),
      v.transform(items =>
        Object.fromEntries(items.map(pair => [keyOf(pair), pair.slice(keyOf(pair).length + 1)])),
      ),
    ),
    v.record(v.string(), v.string()),
  ],
  'is not a comma-separated list of key=value with unique keys',
);

function keyOf(pair: string): string {
  return pair.slice(0, pair.indexOf('='));
}

/** Every context key of the app. */
const CONTEXT = v.object({
  // Also the prefix of all names.
  stackName: v.optional(
    v.pipe(text, v.regex(NAME_PREFIX.pattern, NAME_PREFIX.rule)),
    'genesys-token-rotation',
  ),
  secretArns: v.exactOptional(list),
  secretArnPatterns: v.exactOptional(list),
  secretNames: v.exactOptional(list),
  allSecrets: v.exactOptional(booleanValue),
  secretKeyArn: v.exactOptional(text),
  secretKeyArns: v.exactOptional(list),
  schedule: v.exactOptional(text),
  window: v.exactOptional(text),
  memoryMb: v.exactOptional(wholeNumber),
  reservedConcurrency: v.exactOptional(wholeNumber),
  vpcSubnetIds: v.exactOptional(list),
  vpcSecurityGroupIds: v.exactOptional(list),
  logRetentionDays: v.exactOptional(retention),
  logKeyArn: v.exactOptional(text),
  encryptExecutionData: v.exactOptional(booleanValue),
  publishAccessTokens: v.exactOptional(booleanValue),
  notificationEmails: v.exactOptional(list),
  notificationTopicArn: v.exactOptional(text),
  notificationTopicKeyArn: v.exactOptional(text),
  alarms: v.exactOptional(booleanValue),
  runbookUrl: v.exactOptional(text),
  tags: v.exactOptional(pairs),
  permissionsBoundaryArn: v.exactOptional(text),
  removalPolicy: v.exactOptional(v.picklist(['retain', 'destroy'], 'is neither retain nor destroy')),
  genesysLoginUrl: v.exactOptional(text),
  genesysApiUrl: v.exactOptional(text),
});

/** The names of all context values. */
export const CONTEXT_KEYS: readonly string[] = Object.keys(CONTEXT.entries);

/**
 * Reads the settings from the context of the CDK app: `-c key=value` or `cdk.json`. Checks only their form; the construct
 * validates their values.
 *
 * @param context every context value of the app, including those of the CDK
 * @throws InvalidSetting names the key that is unknown or has an invalid value
 */
export function readSettings(context: Readonly<Record<string, unknown>>): AppSettings {
  const unknown = Object.keys(context).find(key => !CONTEXT_KEYS.includes(key) && !isCdkKey(key));
  if (unknown !== undefined) {
    throw new InvalidSetting(
      unknown,
      `is not an option. Did you mean ${nearest(unknown, CONTEXT_KEYS)}? See docs/deploy.md for all options.`,
    );
  }
  const result = v.safeParse(CONTEXT, context);
  if (!result.success) {
    const [{ message, path }] = result.issues;
    const key = String(path?.[0].key);
    throw new InvalidSetting(key, `${JSON.stringify(context[key])} ${message}.`);
  }

  const { logRetentionDays, genesysLoginUrl, genesysApiUrl, vpcSubnetIds, vpcSecurityGroupIds, ...settings } =
    result.output;
  const gateway = valuesOfPair(['genesysLoginUrl', genesysLoginUrl], ['genesysApiUrl', genesysApiUrl]);
  const vpc = valuesOfPair(['vpcSubnetIds', vpcSubnetIds], ['vpcSecurityGroupIds', vpcSecurityGroupIds]);
  return {
    ...settings,
    ...(logRetentionDays !== undefined && { logRetention: logRetentionDays }),
    ...(gateway !== undefined && { genesysGateway: { loginUrl: gateway[0], apiUrl: gateway[1] } }),
    ...(vpc !== undefined && { vpc: { subnetIds: vpc[0], securityGroupIds: vpc[1] } }),
  };
}

/** Keys of the CDK have punctuation, such as `@aws-cdk/core:flag`, `availability-zones:…` and `cli-telemetry`. */
function isCdkKey(key: string): boolean {
  return /[:/@-]/.test(key);
}

type Setting<Value> = readonly [key: string, value: Value | undefined];

/** The values of two settings that must be set together; undefined when neither is set. */
function valuesOfPair<Value>(
  [key, value]: Setting<Value>,
  [otherKey, other]: Setting<Value>,
): readonly [Value, Value] | undefined {
  if (value === undefined && other === undefined) return undefined;
  if (value === undefined) throw new InvalidSetting(key, `is missing; ${otherKey} requires it.`);
  if (other === undefined) throw new InvalidSetting(otherKey, `is missing; ${key} requires it.`);
  return [value, other];
}

/** The candidate with the smallest edit distance, ignoring case. */
function nearest(text: string, candidates: readonly string[]): string | undefined {
  const distance = (candidate: string): number => editDistance(text.toLowerCase(), candidate.toLowerCase());
  return candidates.toSorted((a, b) => distance(a) - distance(b))[0];
}

/** The Levenshtein distance. */
function editDistance(from: string, to: string): number {
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
