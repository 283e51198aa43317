import * as v from 'valibot';
import { list, pairs, retention, text, wholeNumber, yesOrNo } from './context-values.ts';
import { NAME_PREFIX } from './function-list.ts';
import { InvalidSetting } from './invalid-setting.ts';
import { nearest } from './nearest.ts';
import type { TokenRotationProps } from './token-rotation-props.ts';

/** The settings of the app: the stack's name, and those of the construct that have a context key. */
export interface AppSettings extends TokenRotationProps {
  readonly stackName: string;
}

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
  allSecrets: v.exactOptional(yesOrNo),
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
  encryptExecutionData: v.exactOptional(yesOrNo),
  publishAccessTokens: v.exactOptional(yesOrNo),
  notificationEmails: v.exactOptional(list),
  notificationTopicArn: v.exactOptional(text),
  notificationTopicKeyArn: v.exactOptional(text),
  alarms: v.exactOptional(yesOrNo),
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
 * Reads the settings from the context of the CDK app, that is from `-c key=value` or from `cdk.json`. It looks at
 * their form only: what they say is judged by the construct.
 *
 * @param context every context value of the app, those of the CDK included
 * @throws InvalidSetting names the key whose value is of no use, or that the app does not know
 */
export function readSettings(context: Readonly<Record<string, unknown>>): AppSettings {
  const unknown = Object.keys(context).find(key => !CONTEXT_KEYS.includes(key) && !isOfCdk(key));
  if (unknown !== undefined) {
    throw new InvalidSetting(
      unknown,
      `is not an option. Do you mean ${nearest(unknown, CONTEXT_KEYS)}? See docs/deploy.md for all options.`,
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
  const gateway = together(['genesysLoginUrl', genesysLoginUrl], ['genesysApiUrl', genesysApiUrl]);
  const vpc = together(['vpcSubnetIds', vpcSubnetIds], ['vpcSecurityGroupIds', vpcSecurityGroupIds]);
  return {
    ...settings,
    ...(logRetentionDays !== undefined && { logRetention: logRetentionDays }),
    ...(gateway !== undefined && { genesysGateway: { loginUrl: gateway[0], apiUrl: gateway[1] } }),
    ...(vpc !== undefined && { vpc: { subnetIds: vpc[0], securityGroupIds: vpc[1] } }),
  };
}

/** Names of the CDK, such as `@aws-cdk/core:flag`, `availability-zones:…` and `cli-telemetry`, are no words. */
function isOfCdk(key: string): boolean {
  return /[:/@-]/.test(key);
}

type Setting<Value> = readonly [key: string, value: Value | undefined];

/** Gives the values of two settings that have a meaning together only, or nothing when neither is set. */
function together<Value>(
  [key, value]: Setting<Value>,
  [otherKey, other]: Setting<Value>,
): readonly [Value, Value] | undefined {
  if (value === undefined && other === undefined) return undefined;
  if (value === undefined) throw new InvalidSetting(key, `is missing beside ${otherKey}.`);
  if (other === undefined) throw new InvalidSetting(otherKey, `is missing beside ${key}.`);
  return [value, other];
}
