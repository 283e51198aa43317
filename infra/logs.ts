import type { RemovalPolicy } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { checkForm, KEY_ARN, NO_KEY_ARN } from './setting-checks.ts';

/** How logs are kept. */
export interface LogOptions {
  /** How long the logs of the functions and of the state machine are kept. Default: three months. */
  readonly logRetention?: RetentionDays;
  /**
   * ARN of a KMS key for the logs. Its key policy must let `logs.<region>.amazonaws.com` use it (Amazon CloudWatch
   * Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service"). Default: a key that
   * CloudWatch Logs owns.
   */
  readonly logKeyArn?: string;
}

/** Makes the log groups of a deployment, all of them alike. */
export class Logs {
  readonly #retention: RetentionDays;
  readonly #removalPolicy: RemovalPolicy;
  readonly #key: IKey | undefined;

  /** @throws InvalidSetting `logKeyArn` */
  constructor(scope: Construct, options: LogOptions, removalPolicy: RemovalPolicy) {
    checkForm('logKeyArn', options.logKeyArn, KEY_ARN, NO_KEY_ARN);
    this.#retention = options.logRetention ?? RetentionDays.THREE_MONTHS;
    this.#removalPolicy = removalPolicy;
    this.#key =
      options.logKeyArn === undefined ? undefined : Key.fromKeyArn(scope, 'LogKey', options.logKeyArn);
  }

  /** Makes the log group of one function or state machine. */
  group(scope: Construct, logGroupName: string): LogGroup {
    return new LogGroup(scope, 'Logs', {
      logGroupName,
      retention: this.#retention,
      removalPolicy: this.#removalPolicy,
      ...(this.#key !== undefined && { encryptionKey: this.#key }),
    });
  }
}
