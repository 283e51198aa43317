import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/**
 * The secrets that the functions may rotate. A deployment must name some, because anyone who may call RotateSecret on a
 * secret can make the functions read it and send its content to Genesys Cloud.
 */
export interface SecretOptions {
  /**
   * Existing secrets, with complete ARNs. They get the rotation schedule and are otherwise unchanged. The functions may
   * use the `encryptionKey` of each. Default: none.
   */
  readonly secrets?: readonly ISecret[] | undefined;
  /** ARN patterns with `*` and `?` of additional secrets; you enable their rotation. Default: none. */
  readonly secretArnPatterns?: readonly string[] | undefined;
  /** Names of secrets to create, with the rotation schedule and an empty credential to fill in. Default: none. */
  readonly secretNames?: readonly string[] | undefined;
  /**
   * Whether the functions may rotate every secret of the account and region that names their rotation function. Each
   * must then hold the key `region` with a Genesys Cloud host. Default: false.
   */
  readonly allSecrets?: boolean | undefined;
  /** Encrypts the secrets of `secretNames`. Default: the AWS managed key `aws/secretsmanager`. */
  readonly secretKey?: IKey | undefined;
  /** Keys of the other secrets, if they are not encrypted with `aws/secretsmanager`. Default: none. */
  readonly secretKeys?: readonly IKey[] | undefined;
}

/** The rotation schedule of the secrets. */
export interface ScheduleOptions {
  /**
   * When Secrets Manager rotates, in UTC. Default: `rate(8 hours)`.
   *
   * The lifetime of the access token (300 s to 48 h, set per OAuth client) must exceed interval plus window. The
   * difference is the time to fix a failed rotation before the consumers' token expires: 15 hours with the default and a
   * lifetime of one day.
   */
  readonly schedule?: string | undefined;
  /** The length of the rotation window; a rotation may start at any time in it. Default: `1h`. */
  readonly window?: string | undefined;
}

/** The placement of the functions in a VPC. */
export interface VpcPlacement {
  /** Subnets with access to AWS and Genesys Cloud, through endpoints or a NAT gateway. */
  readonly subnetIds: readonly string[];
  /** Security groups that allow outbound traffic to port 443. */
  readonly securityGroupIds: readonly string[];
}

/** The configuration of the functions. */
export interface FunctionOptions {
  /** Memory of each function, 128 to 10,240 MB; CPU is proportional to it. Default: 512. */
  readonly memoryMb?: number | undefined;
  /**
   * Reserved concurrency of each function; at least 10, the minimum for a rotation by Secrets Manager. Default: none, the
   * functions share the account's concurrency.
   */
  readonly reservedConcurrency?: number | undefined;
  /**
   * Subnets and security groups of the functions. Default: no VPC.
   *
   * The functions must be able to reach Genesys Cloud, Secrets Manager, KMS, Step Functions, SNS and DynamoDB.
   */
  readonly vpc?: VpcPlacement | undefined;
  /** Folder with the bundles of the functions. Default: the bundles in this package. */
  readonly bundles?: string | undefined;
}

/**
 * The base URLs of a private gateway. Both must be `https`, because client secrets and tokens are sent to them. The
 * functions check values that are known only at deployment, and do not load with another scheme.
 */
export interface GenesysGateway {
  /** Replaces `https://login.{host}`. */
  readonly loginUrl: string;
  /** Replaces `https://api.{host}`. */
  readonly apiUrl: string;
}

/** Options of the logs. */
export interface LogOptions {
  /** The retention of the logs of the functions and the state machine. Default: three months. */
  readonly logRetention?: RetentionDays | undefined;
  /**
   * Encrypts the logs. Its key policy must allow `logs.<region>.amazonaws.com` (Amazon CloudWatch Logs User Guide,
   * "Encrypt log data in CloudWatch Logs using AWS Key Management Service"). Default: a key that CloudWatch Logs owns.
   */
  readonly logKey?: IKey | undefined;
}

/** Options of the notifications. */
export interface NotificationOptions {
  /** Addresses that receive the notifications after confirming their subscription. Default: none. */
  readonly notificationEmails?: readonly string[] | undefined;
  /**
   * An existing topic for the notifications. Its policy must allow `cloudwatch.amazonaws.com` to publish, and the policy
   * of its `masterKey`, if it has one, must allow it to use the key (`kms:Decrypt`, `kms:GenerateDataKey*`). Default: the
   * deployment creates an encrypted topic.
   */
  readonly notificationTopic?: ITopic | undefined;
  /** Whether the deployment creates CloudWatch alarms. Default: true. */
  readonly alarms?: boolean | undefined;
  /** The URL of the runbook, for links in notifications and alarms. Default: they name `docs/runbook.md`. */
  readonly runbookUrl?: string | undefined;
}

/** The options of a deployment. All are optional except the secrets. */
export interface TokenRotationProps
  extends SecretOptions,
    ScheduleOptions,
    FunctionOptions,
    LogOptions,
    NotificationOptions {
  /**
   * Prefix of all names: functions, state machine, key aliases, log groups, rules, alarms, dashboard, topic, table. Must
   * be unique in the account and region. Default: derived from the construct's path.
   */
  readonly namePrefix?: string | undefined;
  /**
   * Whether a customer managed key encrypts the definition, input, output and history of the executions. Viewing one in
   * the Step Functions console then requires `kms:Decrypt` on the key. Default: false, an AWS owned key. Tokens are
   * sealed in either case.
   */
  readonly encryptExecutionData?: boolean | undefined;
  /**
   * Whether every rotation also writes the access token to a second secret, `<name>/access-token`, so that consumers
   * need no access to the refresh token and the client secret. The stack creates it for `secretNames`, the command
   * `authorize` for others. Each is billed as a secret. Default: false.
   */
  readonly publishAccessTokens?: boolean | undefined;
  /** A private gateway in front of Genesys Cloud. Default: none, the credential's region determines the hosts. */
  readonly genesysGateway?: GenesysGateway | undefined;
  /**
   * What happens to the resources when the stack is deleted: `RETAIN` keeps all that hold data, `DESTROY` none. Retained
   * resources keep their names, and block another stack of the same name until they are deleted. Default: secrets and
   * the keys that credentials depend on are retained; logs, table and topic are not.
   */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY | undefined;
}
