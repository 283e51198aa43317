import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/**
 * Which secrets the functions may rotate. A deployment must name some: whoever may call RotateSecret on a secret can
 * make the functions read it, and send what it holds to Genesys Cloud.
 */
export interface SecretOptions {
  /**
   * Existing secrets, by their complete ARNs. They get the rotation schedule and stay otherwise as they are. The
   * functions may use the `encryptionKey` of each. Default: none.
   */
  readonly secrets?: readonly ISecret[] | undefined;
  /** ARN patterns with `*` and `?` of more secrets; you enable their rotation. Default: none. */
  readonly secretArnPatterns?: readonly string[] | undefined;
  /** Names of secrets to create: they get the rotation schedule and an empty credential to fill in. Default: none. */
  readonly secretNames?: readonly string[] | undefined;
  /**
   * Whether the functions may rotate every secret of the account and region that names their rotation function. Each
   * must then hold the key `region` with a Genesys Cloud host. Default: false.
   */
  readonly allSecrets?: boolean | undefined;
  /** Encrypts the secrets of `secretNames`. Default: the AWS managed key `aws/secretsmanager`. */
  readonly secretKey?: IKey | undefined;
  /** Keys of the other secrets, where those are not encrypted with `aws/secretsmanager`. Default: none. */
  readonly secretKeys?: readonly IKey[] | undefined;
}

/** When secrets rotate. */
export interface ScheduleOptions {
  /**
   * When Secrets Manager rotates, in UTC. Default: `rate(8 hours)`.
   *
   * The lifetime of the access token (300 s to 48 h, set per OAuth client) must be longer than the interval and the
   * window; the rest is the time to fix a failed rotation before the consumers' token expires. With tokens of one day
   * the default leaves 15 hours.
   */
  readonly schedule?: string | undefined;
  /** How long a rotation window stays open; a rotation may come at any moment of it. Default: `1h`. */
  readonly window?: string | undefined;
}

/** Where in a VPC the functions run. */
export interface VpcPlacement {
  /** Subnets from which AWS and Genesys Cloud are reached, through endpoints or a NAT gateway. */
  readonly subnetIds: readonly string[];
  /** Security groups that allow the functions outbound traffic to port 443. */
  readonly securityGroupIds: readonly string[];
}

/** How the functions of a deployment run. */
export interface FunctionOptions {
  /** Memory of each function, 128 to 10,240 MB; CPU is proportional to it. Default: 512. */
  readonly memoryMb?: number | undefined;
  /**
   * Reserved concurrency of each function; at least 10, because Secrets Manager cannot rotate with fewer. Default:
   * none, the functions share the account's.
   */
  readonly reservedConcurrency?: number | undefined;
  /**
   * Subnets and security groups in which the functions run. Default: outside of any VPC.
   *
   * From there they must reach Genesys Cloud, and Secrets Manager, KMS, Step Functions, SNS and DynamoDB.
   */
  readonly vpc?: VpcPlacement | undefined;
  /** Folder with the bundles of the functions. Default: the bundles in this package. */
  readonly bundles?: string | undefined;
}

/**
 * The base URLs of a private gateway, both `https`, because client secrets and tokens travel there. A value that is
 * known only at deployment is checked by the functions, which do not load with another scheme.
 */
export interface GenesysGateway {
  /** Replaces `https://login.{host}`. */
  readonly loginUrl: string;
  /** Replaces `https://api.{host}`. */
  readonly apiUrl: string;
}

/** How logs are kept. */
export interface LogOptions {
  /** How long the logs of the functions and of the state machine are kept. Default: three months. */
  readonly logRetention?: RetentionDays | undefined;
  /**
   * Encrypts the logs. Its key policy must let `logs.<region>.amazonaws.com` use it (Amazon CloudWatch Logs User Guide,
   * "Encrypt log data in CloudWatch Logs using AWS Key Management Service"). Default: a key that CloudWatch Logs owns.
   */
  readonly logKey?: IKey | undefined;
}

/** Who is notified of failures, and how. */
export interface NotificationOptions {
  /** Addresses that get the notifications, once each has confirmed its subscription. Default: none. */
  readonly notificationEmails?: readonly string[] | undefined;
  /**
   * An existing topic that gets the notifications. Its policy must let `cloudwatch.amazonaws.com` publish, and the
   * policy of its `masterKey`, if it has one, must let it use the key (`kms:Decrypt`, `kms:GenerateDataKey*`). Default:
   * the deployment creates an encrypted topic.
   */
  readonly notificationTopic?: ITopic | undefined;
  /** Whether the deployment creates CloudWatch alarms. Default: true. */
  readonly alarms?: boolean | undefined;
  /** Where the runbook is served, for the links in notifications and alarms. Default: they name `docs/runbook.md`. */
  readonly runbookUrl?: string | undefined;
}

/** The options of a deployment. Everything has a default but the secrets, of which it must name some. */
export interface TokenRotationProps
  extends SecretOptions,
    ScheduleOptions,
    FunctionOptions,
    LogOptions,
    NotificationOptions {
  /**
   * Begins the name of everything that has one: functions, state machine, key aliases, log groups, rules, alarms,
   * dashboard, topic, table. Unique in the account and region. Default: made from the construct's path.
   */
  readonly namePrefix?: string | undefined;
  /**
   * Whether a key of the account encrypts definition, input, output and history of the executions. Whoever opens one
   * in the Step Functions console then needs `kms:Decrypt` on it. Default: false, a key that AWS owns does, and tokens
   * are sealed in either case.
   */
  readonly encryptExecutionData?: boolean | undefined;
  /**
   * Whether every rotation also writes the access token to a second secret, `<name>/access-token`, so that consumers
   * need no right to the refresh token and the client secret. The stack creates it for `secretNames`, the command
   * `authorize` for others. Each is a secret of its own on the bill. Default: false.
   */
  readonly publishAccessTokens?: boolean | undefined;
  /** A private gateway in front of Genesys Cloud. Default: none, the hosts follow from each credential's region. */
  readonly genesysGateway?: GenesysGateway | undefined;
  /**
   * What happens to the resources when the stack is deleted: `RETAIN` keeps all that hold data, `DESTROY` none. What
   * is kept also keeps its name: a stack of the same name cannot be deployed before it is gone. Default: secrets and
   * the keys that credentials depend on are kept; logs, table and topic are not.
   */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY | undefined;
}
