import { type RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule, CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { arnOf, viaService } from './arn.ts';
import type { SecretOptions } from './options.ts';
import type { WildcardReasons } from './role-policies.ts';
import type { RotationSchedule } from './rotation-schedule.ts';

/** What the secrets' permissions depend on. */
export interface RotatedSecretsProps extends SecretOptions {
  /** Not a reference to the function, which depends on the functions that the permissions are for. */
  readonly rotationFunctionArn: string;
  /** Of the secrets that are made. */
  readonly removalPolicy: RemovalPolicy;
}

/** An action of Secrets Manager that the functions use. */
export type SecretAction =
  | 'DescribeSecret'
  | 'GetSecretValue'
  | 'PutSecretValue'
  | 'UpdateSecretVersionStage';

/**
 * What Secrets Manager does with a secret's key in the caller's name (AWS Secrets Manager User Guide, "Secret
 * encryption and decryption"): PutSecretValue also decrypts, to compare with the version that is there.
 */
const KEY_USE: Readonly<Record<SecretAction, readonly string[]>> = {
  DescribeSecret: [],
  GetSecretValue: ['kms:Decrypt'],
  PutSecretValue: ['kms:Decrypt', 'kms:GenerateDataKey'],
  UpdateSecretVersionStage: [],
};

/** The most secrets that conditions on encryption contexts list. */
const MAX_CONTEXT_ARNS = 10;

/**
 * What a new secret starts with: the keys that someone has to fill in. CloudFormation writes it again, over the real
 * credential, when it ever changes here; so it must not.
 */
const EMPTY_CREDENTIAL = JSON.stringify({ clientId: '', clientSecret: '', refreshToken: '' });

/** The secrets that are rotated: makes the new ones, says who may do what with them, and turns the rotation on. */
export class RotatedSecrets extends Construct {
  /** Complete ARNs of the secrets that get the schedule: first those that exist, then those that are made. */
  readonly arns: readonly string[];
  /**
   * What conditions on encryption contexts name to mean these secrets; more than a few by a pattern for all. A role has
   * up to four such conditions, and only its list of secrets itself can be spread over several policies. The pattern
   * lets nobody use more: Secrets Manager uses a key in the caller's name only for a secret that the caller may use, and
   * only the functions seal.
   */
  readonly contextArns: readonly string[];
  /** Why policies name these secrets by patterns, if they do. */
  readonly wildcards: WildcardReasons;
  /** The variable that makes a function require the Genesys Cloud host in the secret, if it must. */
  readonly hostRequired: Readonly<Record<string, string>>;
  readonly #props: RotatedSecretsProps;
  readonly #resources: readonly string[];
  readonly #keyArns: readonly string[];
  readonly #scheduled: readonly { readonly label: string; readonly arn: string }[];

  constructor(scope: Construct, id: string, props: RotatedSecretsProps) {
    super(scope, id);
    const { secrets = [], secretArnPatterns = [], secretNames = [], allSecrets = false } = props;
    this.#props = props;
    this.#keyArns = keyArns(props);
    const secretArns = secrets.map(({ secretFullArn, secretArn }) => secretFullArn ?? secretArn);
    this.#scheduled = [
      ...secretArns.map(arn => ({ label: this.#label(arn), arn })),
      ...secretNames.map(name => ({ label: name, arn: this.#create(name) })),
    ];
    this.arns = this.#scheduled.map(({ arn }) => arn);
    const everySecret = [arnOf(this, 'secretsmanager', 'secret', '*')];
    this.#resources = allSecrets ? everySecret : [...this.arns, ...secretArnPatterns];
    this.contextArns = this.#resources.length > MAX_CONTEXT_ARNS ? everySecret : this.#resources;
    this.wildcards = wildcardReasons(allSecrets ? [EVERY_SECRET] : secretArnPatterns);
    this.hostRequired = allSecrets ? { HOST_REQUIRED: 'true' } : {};
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
    const secrets = new PolicyStatement({
      sid: 'UseRotatedSecrets',
      actions: actions.map(action => `secretsmanager:${action}`),
      resources: [...this.#resources],
      conditions: {
        StringEquals: { 'secretsmanager:resource/AllowRotationLambdaArn': this.#props.rotationFunctionArn },
      },
    });
    const keyUse = new Set(actions.flatMap(action => KEY_USE[action]));
    if (this.#keyArns.length === 0 || keyUse.size === 0) return [secrets];

    const keys = new PolicyStatement({
      sid: 'UseKeysOfRotatedSecrets',
      actions: [...keyUse],
      resources: [...this.#keyArns],
      conditions: {
        StringEquals: { 'kms:ViaService': viaService('secretsmanager') },
        StringLike: { 'kms:EncryptionContext:SecretARN': this.contextArns },
      },
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
      ...(this.#props.secretKey !== undefined && { kmsKeyId: this.#props.secretKey.keyArn }),
    });
    secret.applyRemovalPolicy(this.#props.removalPolicy);
    return secret.ref;
  }
}

/** The keys of all secrets that have one. */
function keyArns({ secrets = [], secretKey, secretKeys = [] }: SecretOptions): string[] {
  const keys = [secretKey, ...secretKeys, ...secrets.map(({ encryptionKey }) => encryptionKey)];
  return [...new Set(keys.flatMap(key => (key === undefined ? [] : [key.keyArn])))];
}

/** As cdk-nag writes it. */
const EVERY_SECRET = 'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:*';

function wildcardReasons(patterns: readonly string[]): WildcardReasons {
  return Object.fromEntries(
    patterns.map(pattern => [
      `Resource::${pattern}`,
      'Limited by its condition to the secrets that name the rotation function of this deployment as theirs.',
    ]),
  );
}
