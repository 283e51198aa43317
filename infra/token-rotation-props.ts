import type { DeploymentOptions } from './deployment-options.ts';
import type { FunctionOptions } from './function-options.ts';
import type { GenesysGateway } from './genesys-gateway.ts';
import type { LogOptions } from './logs.ts';
import type { OperationsOptions } from './operations/operations-options.ts';
import type { SecretSelection } from './secret-selection.ts';

/** How a deployment may differ from another; everything has a default but the secrets, of which it must name some. */
export interface TokenRotationProps
  extends SecretSelection,
    FunctionOptions,
    LogOptions,
    OperationsOptions,
    DeploymentOptions {
  /**
   * Begins the name of everything that has one: functions, state machine, key aliases, log groups, rules, alarms,
   * dashboard, topic, table. Unique in the account and region. Default: made from the construct's path.
   */
  readonly namePrefix?: string;
  /**
   * When Secrets Manager rotates, in UTC. Default: `rate(8 hours)`.
   *
   * The life of the access token (300 s to 48 h, set per OAuth client) must be longer than the interval and the
   * window, and what is left over is the time to repair a failed rotation before the consumers' token dies. With
   * tokens of one day the default leaves 15 hours.
   */
  readonly schedule?: string;
  /** How long a rotation window stays open; a rotation may come at any moment of it. Default: `1h`. */
  readonly window?: string;
  /**
   * Whether a key of the account encrypts definition, input, output and history of the executions. Whoever looks at one
   * in the Step Functions console then needs `kms:Decrypt` on it. Default: false, a key that AWS owns does, and tokens
   * are sealed in either case.
   */
  readonly encryptExecutionData?: boolean;
  /**
   * Whether every rotation also writes the access token to a second secret, `<name>/access-token`, so that consumers
   * need no right to the refresh token and the client secret. The stack makes it for `secretNames`, the command
   * `authorize` for others. Each is a secret of its own on the bill. Default: false.
   */
  readonly publishAccessTokens?: boolean;
  /** A private gateway in front of Genesys Cloud. Default: none, the hosts follow from each credential's region. */
  readonly genesysGateway?: GenesysGateway;
}
