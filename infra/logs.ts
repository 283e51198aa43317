import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { LogOptions } from './options.ts';

/** Creates the log groups of a deployment with the same settings. */
export class Logs {
  readonly #retention: RetentionDays;
  readonly #removalPolicy: RemovalPolicy;
  readonly #key: IKey | undefined;

  constructor({ logRetention, logKey }: LogOptions, removalPolicy: RemovalPolicy) {
    this.#retention = logRetention ?? RetentionDays.THREE_MONTHS;
    this.#removalPolicy = removalPolicy;
    this.#key = logKey;
  }

  /** Creates the log group of one function or state machine. */
  group(scope: Construct, logGroupName: string): LogGroup {
    return new LogGroup(scope, 'Logs', {
      logGroupName,
      retention: this.#retention,
      removalPolicy: this.#removalPolicy,
      ...(this.#key !== undefined && { encryptionKey: this.#key }),
    });
  }
}
