import { InvalidSetting } from '../invalid-setting.ts';
import { checkForm, checkHttps, checkList, KEY_ARN, NO_KEY_ARN } from '../setting-checks.ts';

/** Whom a deployment tells of what goes wrong, and how. */
export interface OperationsOptions {
  /** Addresses that get the notifications, once each has confirmed its subscription. Default: none. */
  readonly notificationEmails?: readonly string[];
  /**
   * ARN of an SNS topic that exists and gets the notifications. Its policy must let `cloudwatch.amazonaws.com`
   * publish. Default: the deployment makes an encrypted topic of its own.
   */
  readonly notificationTopicArn?: string;
  /**
   * ARN of the KMS key of `notificationTopicArn`, if it has one. Its policy must let `cloudwatch.amazonaws.com` use it
   * (`kms:Decrypt`, `kms:GenerateDataKey*`). Default: none.
   */
  readonly notificationTopicKeyArn?: string;
  /** Whether the deployment makes CloudWatch alarms. Default: true. */
  readonly alarms?: boolean;
  /** Where the runbook is served, for the links in notifications and alarms. Default: they name `docs/runbook.md`. */
  readonly runbookUrl?: string;
}

/** @throws InvalidSetting names the option that cannot be used, and why */
export function checkOperations(options: OperationsOptions): void {
  const { notificationEmails = [], notificationTopicArn, notificationTopicKeyArn, runbookUrl } = options;
  checkList('notificationEmails', notificationEmails, /^[^\s@,]+@[^\s@,]+$/, 'is not an e-mail address');
  checkForm(
    'notificationTopicArn',
    notificationTopicArn,
    /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
    'is not the ARN of an SNS topic that is not a FIFO topic',
  );
  checkForm('notificationTopicKeyArn', notificationTopicKeyArn, KEY_ARN, NO_KEY_ARN);
  if (notificationTopicKeyArn !== undefined && notificationTopicArn === undefined)
    throw new InvalidSetting(
      'notificationTopicKeyArn',
      'belongs to notificationTopicArn, which is missing; the own topic has a key of its own.',
    );
  checkHttps('runbookUrl', runbookUrl);
}
