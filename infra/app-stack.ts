import { type App, RemovalPolicy, type Stack, Tags } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { AppSettings } from './context.ts';
import type { TokenRotationProps } from './options.ts';
import { RotationStack } from './rotation-stack.ts';
import { InvalidSetting } from './validation.ts';

/**
 * The stack of the app: imports the resources that the settings name by their ARNs, and applies tags and permissions
 * boundary.
 *
 * @throws InvalidSetting names the invalid setting and the reason
 */
export function appStack(
  app: App,
  { stackName, tags = {}, permissionsBoundaryArn, ...settings }: AppSettings,
) {
  const stack = new RotationStack(app, stackName, { rotation: scope => importResources(scope, settings) });
  for (const [key, value] of Object.entries(tags)) Tags.of(stack).add(key, value);
  if (permissionsBoundaryArn !== undefined) {
    PermissionsBoundary.of(stack).apply(
      ManagedPolicy.fromManagedPolicyArn(stack, 'PermissionsBoundary', permissionsBoundaryArn),
    );
  }
  return stack;
}

function importResources(
  scope: Stack,
  settings: Omit<AppSettings, 'stackName' | 'tags' | 'permissionsBoundaryArn'>,
): TokenRotationProps {
  const {
    secretArns = [],
    secretKeyArn,
    secretKeyArns = [],
    logKeyArn,
    notificationTopicArn,
    notificationTopicKeyArn,
    removalPolicy,
    ...others
  } = settings;
  const importKey = (setting: string, arn: string): IKey => {
    if (arn.includes(':alias/'))
      throw new InvalidSetting(
        setting,
        `"${arn}" is an alias, which policies do not follow. Write the ARN of the key.`,
      );
    return Key.fromKeyArn(scope, `${setting}-${arn}`, arn);
  };
  return {
    ...others,
    secrets: secretArns.map(arn => Secret.fromSecretCompleteArn(scope, `Secret-${arn}`, arn)),
    secretKey: secretKeyArn === undefined ? undefined : importKey('secretKeyArn', secretKeyArn),
    secretKeys: secretKeyArns.map(arn => importKey('secretKeyArns', arn)),
    logKey: logKeyArn === undefined ? undefined : importKey('logKeyArn', logKeyArn),
    notificationTopic:
      notificationTopicArn === undefined
        ? undefined
        : importTopic(scope, notificationTopicArn, notificationTopicKeyArn),
    removalPolicy: removalPolicy && REMOVAL_POLICIES[removalPolicy],
  };
}

const REMOVAL_POLICIES = { retain: RemovalPolicy.RETAIN, destroy: RemovalPolicy.DESTROY } as const;

function importTopic(scope: Stack, topicArn: string, keyArn: string | undefined): ITopic {
  return Topic.fromTopicAttributes(scope, 'NotificationTopic', {
    topicArn,
    ...(keyArn !== undefined && { keyArn }),
  });
}
