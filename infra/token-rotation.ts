import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Annotations, Names, RemovalPolicy } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Code, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { arnOf } from './arn.ts';
import { ExecutionKey } from './execution-key.ts';
import type { FunctionName } from './function-list.ts';
import { Logs } from './logs.ts';
import { addOperations } from './operations/operations.ts';
import type { TokenRotationProps } from './options.ts';
import { PublishedSecrets } from './published-secrets.ts';
import { RefreshJournal } from './refresh-journal.ts';
import { arnEstimate, RotatedSecrets } from './rotated-secrets.ts';
import { rotationFunction } from './rotation-function.ts';
import { rotationSchedule, type ScheduleFigures, scheduleFigures } from './rotation-schedule.ts';
import { SealKey } from './seal-key.ts';
import { RotationStateMachine } from './state-machine.ts';
import { taskFunctions } from './task-functions.ts';
import { checkedPrefix, checkOptions, InvalidSetting, NAME_PREFIX } from './validation.ts';

// Part of the package's public interface.
export type { TokenRotationProps } from './options.ts';
export { InvalidSetting } from './validation.ts';

/** The bundles in the package of this construct, next to the folder of its modules. */
const PACKAGED_BUNDLES = fileURLToPath(new URL('../bundles', import.meta.url));

const HOURS_PER_DAY = 24;

/** Values that are parameters of a template for deployments without the CDK, checked at deployment. */
export interface TemplateParameters {
  /** Replaces `namePrefix` of the properties. */
  readonly namePrefix: string;
  /** Replaces `schedule` and `window` of the properties. */
  readonly schedule: ScheduleFigures;
  /** Replaces `bundles` of the properties. */
  readonly codeOf: (name: FunctionName) => Code;
}

/**
 * Rotates the Genesys Cloud tokens of any number of secrets: functions, workflow, keys, schedules and monitoring.
 */
export class TokenRotation extends Construct {
  readonly rotationFunction: LambdaFunction;
  readonly stateMachine: StateMachine;
  /** Seals the tokens. Its policy denies its use to everyone but the functions. */
  readonly sealKey: IKey;
  /** Receives the failure notifications. */
  readonly topic: ITopic;
  /** Complete ARNs of the secrets that rotate on the schedule. */
  readonly secretArns: readonly string[];
  readonly #published: PublishedSecrets | undefined;

  /**
   * @param parameters for a template that is deployed without the CDK
   * @throws InvalidSetting names the invalid property and the reason
   */
  constructor(scope: Construct, id: string, props: TokenRotationProps, parameters?: TemplateParameters) {
    super(scope, id);
    const { namePrefix, schedule, codeOf } = parameters ?? this.#fromProps(props);
    checkOptions(props);
    // Deleted credentials cannot be restored. Logs, table and topic have fixed names and would block another deployment.
    const { removalPolicy, memoryMb = 512, vpc, reservedConcurrency } = props;
    const removal = {
      credentials: removalPolicy ?? RemovalPolicy.RETAIN,
      records: removalPolicy ?? RemovalPolicy.DESTROY,
    };
    const logs = new Logs(props, removal.records);
    const settings = { namePrefix, memoryMb, codeOf, logs, vpc, reservedConcurrency };

    this.node.setContext('@aws-cdk/aws-iam.arnSizeEstimate', arnEstimate(props));
    const secrets = new RotatedSecrets(this, 'Secrets', {
      ...props,
      rotationFunctionArn: arnOf(this, 'lambda', 'function', `${namePrefix}-rotation`),
      removalPolicy: removal.credentials,
    });
    const seal = new SealKey(this, 'SealKey', {
      alias: namePrefix,
      secretArns: secrets.contextArns,
      removalPolicy: removal.credentials,
    });
    const journal = new RefreshJournal(this, 'Journal', { removalPolicy: removal.credentials });
    const executionKey = props.encryptExecutionData
      ? new ExecutionKey(this, 'ExecutionKey', {
          namePrefix,
          stateMachineArn: arnOf(this, 'states', 'stateMachine', namePrefix),
          removalPolicy: removal.credentials,
        })
      : undefined;
    const published = props.publishAccessTokens
      ? new PublishedSecrets(this, 'Published', {
          ...props,
          namePrefix,
          rotated: secrets,
          removalPolicy: removal.credentials,
        })
      : undefined;
    const tasks = taskFunctions(this, {
      settings,
      secrets,
      seal,
      journal,
      gateway: props.genesysGateway,
      longestGapHours: schedule.longestGapHours,
      // Without the CDK, nothing would publish the next version.
      hasVersions: parameters === undefined,
      published,
    });
    const { stateMachine } = new RotationStateMachine(this, 'Workflow', {
      name: namePrefix,
      tasks,
      logs,
      executionKey,
    });
    const rotation = rotationFunction(this, { settings, secrets, seal, stateMachine, executionKey });
    secrets.rotateBy(rotation, schedule);

    this.topic = addOperations(this, {
      options: props,
      settings,
      secrets,
      schedule,
      removalPolicy: removal.records,
      stateMachine,
      executionKey,
      rotation,
    });
    this.rotationFunction = rotation;
    this.stateMachine = stateMachine;
    this.sealKey = seal.key;
    this.secretArns = secrets.arns;
    this.#published = published;
  }

  /**
   * Grants reading the access token of a credential: the secret `<secretName>/access-token` and its KMS key if it has
   * one, but not the rotated secret itself.
   *
   * @param secretName the name of the rotated secret
   * @throws InvalidSetting `publishAccessTokens` is off, or this is not the name of a secret
   */
  grantReadAccessToken(secretName: string, grantee: IGrantable): Grant {
    if (this.#published === undefined) {
      throw new InvalidSetting(
        'publishAccessTokens',
        'is off, so there is no access token to read. Set it to true.',
      );
    }
    return this.#published.grantRead(secretName, grantee);
  }

  #fromProps(props: TokenRotationProps): TemplateParameters {
    const schedule = rotationSchedule(props.schedule ?? 'rate(8 hours)', props.window ?? '1h');
    const { longestGapHours } = schedule;
    if (longestGapHours >= HOURS_PER_DAY) this.#warnAboutLongGap(longestGapHours);
    const namePrefix = checkedPrefix(
      props.namePrefix ?? Names.uniqueResourceName(this, { maxLength: NAME_PREFIX.longest, separator: '-' }),
    );
    const { bundles = PACKAGED_BUNDLES } = props;
    return {
      namePrefix,
      schedule: scheduleFigures(schedule),
      codeOf: name => Code.fromAsset(join(bundles, name), { exclude: ['*.map'] }),
    };
  }

  #warnAboutLongGap(hours: number): void {
    Annotations.of(this).addWarningV2(
      'genesys-token-rotation:longGap',
      `Two rotations can be ${hours} hours or more apart (interval and window), so tokens with a lifetime of one day ` +
        'expire before they are rotated. Rotate more often, or increase the token duration of the OAuth client (at most 48 hours).',
    );
  }
}
