import { ArnFormat, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule, CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { InvalidSetting } from './invalid-setting.ts';
import type { RotationSchedule } from './rotation-schedule.ts';

/** Which secrets the deployment is about; with none of the first three, every secret that names its function. */
export interface SecretSelection {
  /** Complete ARNs of secrets that exist: they get the rotation schedule and stay otherwise as they are. */
  readonly secretArns?: readonly string[];
  /** ARN patterns with `*` and `?`: such secrets may be rotated, whoever turns their rotation on. */
  readonly secretArnPatterns?: readonly string[];
  /** Names of secrets to make: they get the rotation schedule and an empty credential to fill in. */
  readonly secretNames?: readonly string[];
  /** ARNs of the KMS keys of secrets that are not encrypted with the AWS managed key `aws/secretsmanager`. */
  readonly secretKeyArns?: readonly string[];
}

/** What the secrets' permissions depend on. */
export interface RotatedSecretsProps extends SecretSelection {
  /** Not a reference to the function, which depends on the functions that the permissions are for. */
  readonly rotationFunctionArn: string;
}

/** An action of Secrets Manager that the functions use. */
export type SecretAction =
  | 'DescribeSecret'
  | 'GetSecretValue'
  | 'ListSecretVersionIds'
  | 'PutSecretValue'
  | 'UpdateSecretVersionStage';

/**
 * What Secrets Manager does with a secret's key in the caller's name (AWS Secrets Manager User Guide, "Secret
 * encryption and decryption"): PutSecretValue also decrypts, to compare with the version that is there.
 */
const KEY_USE: Readonly<Record<SecretAction, readonly string[]>> = {
  DescribeSecret: [],
  GetSecretValue: ['kms:Decrypt'],
  ListSecretVersionIds: [],
  PutSecretValue: ['kms:Decrypt', 'kms:GenerateDataKey'],
  UpdateSecretVersionStage: [],
};

/**
 * What a new secret starts with: the keys that someone has to fill in. CloudFormation writes it again, over the real
 * credential, when it ever changes here; so it must not.
 */
const EMPTY_CREDENTIAL = JSON.stringify({ clientId: '', clientSecret: '', refreshToken: '' });

/** The secrets that are rotated: makes the new ones, says who may do what with them, and turns the rotation on. */
export class RotatedSecrets extends Construct {
  /** Complete ARNs of the secrets that get the schedule: first those that exist, then those that are made. */
  readonly arns: readonly string[];
  /** What a policy names to mean these secrets. */
  readonly resources: readonly string[];
  readonly #props: RotatedSecretsProps;
  readonly #scheduled: readonly { readonly label: string; readonly arn: string }[];

  /** @throws InvalidSetting `secretArns`, `secretArnPatterns`, `secretNames` or `secretKeyArns` */
  constructor(scope: Construct, id: string, props: RotatedSecretsProps) {
    super(scope, id);
    const { secretArns = [], secretArnPatterns = [], secretNames = [], secretKeyArns = [] } = props;
    check(
      'secretArns',
      secretArns,
      COMPLETE_ARN,
      'is not the complete ARN of a secret, which ends in - and six characters',
    );
    check(
      'secretArnPatterns',
      secretArnPatterns,
      ARN_PATTERN,
      'is not an ARN pattern such as arn:aws:secretsmanager:*:*:secret:genesys/*',
    );
    check('secretNames', secretNames, SECRET_NAME, 'is not a name: 1 to 512 letters, digits and -/_+=.@!');
    check('secretKeyArns', secretKeyArns, KEY_ARN, 'is not the ARN of a KMS key (not of an alias)');

    this.#scheduled = [
      ...secretArns.map(arn => ({ label: this.#label(arn), arn })),
      ...secretNames.map(name => ({ label: name, arn: this.#create(name) })),
    ];
    this.arns = this.#scheduled.map(({ arn }) => arn);
    const named = [...this.arns, ...secretArnPatterns];
    this.resources = named.length > 0 ? named : [this.#everySecret()];
    this.#props = props;
  }

  /**
   * Allows the given actions on the secrets, as far as they name the rotation function as theirs. Both limits hold
   * together: Secrets Manager records the function before it first calls it, and keeps it when the rotation is
   * cancelled, so the condition takes nothing away from a rotation, but takes a secret that merely fits a pattern, or
   * was given to another function since, out of reach.
   *
   * @see AWS Secrets Manager User Guide, "Lambda rotation function execution role permissions"
   */
  allow(...actions: readonly SecretAction[]): PolicyStatement[] {
    const { secretKeyArns = [], rotationFunctionArn } = this.#props;
    const secrets = new PolicyStatement({
      sid: 'UseRotatedSecrets',
      actions: actions.map(action => `secretsmanager:${action}`),
      resources: [...this.resources],
      conditions: { StringEquals: { 'secretsmanager:resource/AllowRotationLambdaArn': rotationFunctionArn } },
    });
    const keyUse = new Set(actions.flatMap(action => KEY_USE[action]));
    if (secretKeyArns.length === 0 || keyUse.size === 0) return [secrets];

    const keys = new PolicyStatement({
      sid: 'UseKeysOfRotatedSecrets',
      actions: [...keyUse],
      resources: [...secretKeyArns],
      conditions: { StringLike: { 'kms:EncryptionContext:SecretARN': this.resources } },
    });
    return [secrets, keys];
  }

  /**
   * Turns the rotation on. Not at once: a credential that is good now needs no rotation, and one that has yet to be
   * filled in cannot be rotated.
   */
  rotateBy(rotation: IFunction, schedule: RotationSchedule): void {
    for (const { label, arn } of this.#scheduled) {
      const rotationSchedule = new CfnRotationSchedule(this, `Schedule-${label}`, {
        secretId: arn,
        rotationLambdaArn: rotation.functionArn,
        rotateImmediatelyOnUpdate: false,
        rotationRules: { scheduleExpression: schedule.expression, duration: schedule.window },
      });
      // Secrets Manager tests the function as soon as the schedule is there: it must be callable by then.
      rotationSchedule.node.addDependency(rotation);
    }
  }

  /**
   * Tells a secret from the others in construct ids: by what it is, never by its place in the list. With another id
   * CloudFormation would make the schedule anew and then delete the old one, which turns the rotation off.
   */
  #label(arn: string): string {
    return Token.isUnresolved(arn)
      ? JSON.stringify(Stack.of(this).resolve(arn))
      : arn.split(':').slice(6).join(':');
  }

  #create(name: string): string {
    const secret = new CfnSecret(this, `Secret-${name}`, {
      name,
      description: 'Genesys Cloud credential, kept fresh by the token rotation',
      secretString: EMPTY_CREDENTIAL,
    });
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return secret.ref;
  }

  #everySecret(): string {
    return Stack.of(this).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}

const COMPLETE_ARN = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+-[A-Za-z0-9]{6}$/;
const ARN_PATTERN = /^arn:[a-z*-]+:secretsmanager:[a-z0-9*-]*:[\d*]*:secret:[\w/+=.@!*?-]+$/;
const SECRET_NAME = /^[\w/+=.@!-]{1,512}$/;
const KEY_ARN = /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

function check(setting: string, values: readonly string[], form: RegExp, problem: string): void {
  values.forEach((value, index) => {
    if (!Token.isUnresolved(value) && !form.test(value))
      throw new InvalidSetting(setting, `"${value}" ${problem}.`);
    if (values.indexOf(value) !== index) throw new InvalidSetting(setting, `"${value}" is given twice.`);
  });
}
