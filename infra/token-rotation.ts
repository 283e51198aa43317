import { Annotations, ArnFormat, Names, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { bundleFunctions } from './bundle.ts';
import { type FunctionName, NAME_PREFIX } from './function-list.ts';
import { InvalidSetting } from './invalid-setting.ts';
import { RotatedSecrets, type SecretSelection } from './rotated-secrets.ts';
import { rotationSchedule } from './rotation-schedule.ts';
import { SealKey } from './seal-key.ts';
import { RotationStateMachine } from './state-machine.ts';
import { TaskFunction } from './task-function.ts';

/** How a deployment may differ from another; everything has a default. */
export interface TokenRotationProps extends SecretSelection {
  /**
   * Begins the name of everything that has one: functions, state machine, key alias, log groups. Unique in the
   * account and region. Default: made from the construct's path.
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
  /** Memory of each function, 128 to 10,240 MB; CPU comes with it. Default: 512. */
  readonly memoryMb?: number;
  /** How long the logs of the functions and of the state machine are kept. Default: three months. */
  readonly logRetention?: RetentionDays;
  /** A private gateway in front of Genesys Cloud; without it the hosts follow from each credential's region. */
  readonly genesysGateway?: GenesysGateway;
  /** Bundles that `bundleFunctions` wrote before. Default: bundles the functions now. */
  readonly bundles?: string;
}

/** The base URLs of a private gateway, both `https`, because client secret and tokens travel there. */
interface GenesysGateway {
  /** Stands for `https://login.{host}`. */
  readonly loginUrl: string;
  /** Stands for `https://api.{host}`. */
  readonly apiUrl: string;
}

const DAY_HOURS = 24;

/** Keeps the Genesys Cloud tokens of any number of secrets fresh: functions, workflow, key, and the schedules. */
export class TokenRotation extends Construct {
  readonly rotationFunction: LambdaFunction;
  readonly stateMachine: StateMachine;
  readonly sealKeyArn: string;
  /** Complete ARNs of the secrets that rotate on the schedule. */
  readonly secretArns: readonly string[];

  /** @throws InvalidSetting names the property that cannot be used, and why */
  constructor(scope: Construct, id: string, props: TokenRotationProps = {}) {
    super(scope, id);
    const schedule = rotationSchedule(props.schedule ?? 'rate(8 hours)', props.window ?? '1h');
    if (schedule.longestGapHours >= DAY_HOURS) this.#warnOfLongGap(schedule.longestGapHours);
    const namePrefix = checkedPrefix(
      props.namePrefix ?? Names.uniqueResourceName(this, { maxLength: NAME_PREFIX.longest, separator: '-' }),
    );
    const { logRetention = RetentionDays.THREE_MONTHS, bundles = bundleFunctions() } = props;
    const memorySize = checkedMemory(props.memoryMb ?? 512);
    const gateway = props.genesysGateway === undefined ? {} : gatewayVariables(props.genesysGateway);

    const secrets = new RotatedSecrets(this, 'Secrets', {
      ...props,
      rotationFunctionArn: this.#arn('lambda', 'function', `${namePrefix}-rotation`),
    });
    const seal = new SealKey(this, 'SealKey', { alias: namePrefix, secretArns: secrets.resources });
    const addFunction = (
      name: FunctionName,
      grants: readonly PolicyStatement[],
      environment: Record<string, string> = {},
    ): LambdaFunction => {
      const overrides = { memorySize, environment };
      return new TaskFunction(this, { name, namePrefix, bundles, logRetention, grants, overrides }).lambda;
    };

    const fetch = addFunction(
      'fetch',
      secrets.allow('DescribeSecret', 'GetSecretValue', 'ListSecretVersionIds'),
    );
    const refresh = addFunction(
      'refresh',
      [...secrets.allow('GetSecretValue'), seal.allow('GenerateDataKey', 'secret-value')],
      { SEAL_KEY_ARN: seal.arn, ...gateway },
    );
    const storePending = addFunction(
      'store-pending',
      [
        ...secrets.allow('DescribeSecret', 'PutSecretValue'),
        seal.allow('Decrypt', 'secret-value', 'rotation-token'),
      ],
      { SEAL_KEY_ARN: seal.arn },
    );
    const verify = addFunction('verify', secrets.allow('GetSecretValue'), gateway);
    const promote = addFunction('promote', secrets.allow('DescribeSecret', 'UpdateSecretVersionStage'));
    const { stateMachine } = new RotationStateMachine(this, 'Workflow', {
      name: namePrefix,
      tasks: { fetch, refresh, 'store-pending': storePending, verify, promote },
      logRetention,
    });
    const rotation = addFunction(
      'rotation',
      [
        ...secrets.allow('DescribeSecret'),
        seal.allow('GenerateDataKey', 'rotation-token'),
        new PolicyStatement({
          sid: 'StartRotation',
          actions: ['states:StartExecution', 'states:ListExecutions'],
          resources: [stateMachine.stateMachineArn],
        }),
        new PolicyStatement({
          sid: 'FollowRotation',
          actions: ['states:DescribeExecution', 'states:RedriveExecution', 'states:GetExecutionHistory'],
          resources: [this.#arn('states', 'execution', `${namePrefix}:*`)],
        }),
      ],
      { STATE_MACHINE_ARN: stateMachine.stateMachineArn, SEAL_KEY_ARN: seal.arn },
    );
    // No SourceArn: the function rotates many secrets (AWS Secrets Manager User Guide, "Permissions for rotation").
    rotation.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    });
    secrets.rotateBy(rotation, schedule);

    this.rotationFunction = rotation;
    this.stateMachine = stateMachine;
    this.sealKeyArn = seal.arn;
    this.secretArns = secrets.arns;
  }

  #arn(service: string, resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({
      service,
      resource,
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  #warnOfLongGap(hours: number): void {
    Annotations.of(this).addWarningV2(
      'genesys-token-rotation:longGap',
      `Two rotations can be ${hours} hours or more apart (interval and window), so tokens that live a day die before ` +
        'they are rotated. Shorten the schedule, or see that the OAuth client gives its tokens a longer life (at most 48 hours).',
    );
  }
}

function checkedPrefix(prefix: string): string {
  if (Token.isUnresolved(prefix) || !NAME_PREFIX.pattern.test(prefix)) {
    throw new InvalidSetting('namePrefix', `"${prefix}" ${NAME_PREFIX.rule}.`);
  }
  return prefix;
}

function checkedMemory(memoryMb: number): number {
  if (Number.isInteger(memoryMb) && memoryMb >= 128 && memoryMb <= 10_240) return memoryMb;
  throw new InvalidSetting('memoryMb', `${memoryMb} is not a whole number from 128 to 10240.`);
}

function gatewayVariables({ loginUrl, apiUrl }: GenesysGateway): Record<string, string> {
  for (const [setting, url] of Object.entries({ genesysLoginUrl: loginUrl, genesysApiUrl: apiUrl })) {
    if (!Token.isUnresolved(url) && URL.parse(url)?.protocol !== 'https:') {
      throw new InvalidSetting(setting, `"${url}" is not an https URL.`);
    }
  }
  return { GENESYS_LOGIN_URL: loginUrl, GENESYS_API_URL: apiUrl };
}
