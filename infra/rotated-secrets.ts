import { type RemovalPolicy, Token } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule, CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { arnOf, viaService } from './arn.ts';
import { idPart } from './construct-ids.ts';
import { explainWildcards, grant, type WildcardReasons } from './grants.ts';
import type { SecretOptions } from './options.ts';
import type { ScheduleFigures } from './rotation-schedule.ts';

/** Props of the rotated secrets. */
export interface RotatedSecretsProps extends SecretOptions {
  /** An ARN, because the function itself depends on the functions that get the permissions. */
  readonly rotationFunctionArn: string;
  /** Applies to the secrets that this construct creates. */
  readonly removalPolicy: RemovalPolicy;
}

/** A use of keys through Secrets Manager. */
interface KeyUse {
  readonly sid: string;
  readonly actions: string[];
  /** ARNs or ARN patterns. */
  readonly secretArns: string | readonly string[];
}

/** An action of Secrets Manager that the functions use. */
export type SecretAction =
  | 'DescribeSecret'
  | 'GetSecretValue'
  | 'PutSecretValue'
  | 'UpdateSecretVersionStage';

/**
 * Secrets Manager's uses of a secret's key on behalf of the caller (AWS Secrets Manager User Guide, "Secret encryption
 * and decryption"). PutSecretValue also decrypts, to compare the value with the existing version.
 */
const KEY_USE: Readonly<Record<SecretAction, readonly string[]>> = {
  DescribeSecret: [],
  GetSecretValue: ['kms:Decrypt'],
  PutSecretValue: ['kms:Decrypt', 'kms:GenerateDataKey'],
  UpdateSecretVersionStage: [],
};

/** Maximum characters of a statement's list of ARNs, which leaves room for its actions and conditions. */
const MAX_LIST_CHARACTERS = 5_000;

/** Longer than the ARNs of functions and keys, which are known only at deployment. */
const MIN_ARN_ESTIMATE = 120;

/** Maximum secrets in conditions on encryption contexts. */
const MAX_CONTEXT_ARNS = 10;

/**
 * The initial value of a new secret: the keys to fill in. It must never change, because CloudFormation would then
 * overwrite the real credentials.
 */
const EMPTY_CREDENTIAL = JSON.stringify({ clientId: '', clientSecret: '', refreshToken: '' });

/** The rotated secrets: creates new ones, grants access, and enables their rotation. */
export class RotatedSecrets extends Construct {
  /** Complete ARNs of the secrets with the schedule: first the existing ones, then the created ones. */
  readonly arns: readonly string[];
  /**
   * The secrets in conditions on encryption contexts; a pattern for all if there are many, because a role has up to four
   * such conditions, which cannot be spread over several policies. The pattern does not grant more: Secrets Manager uses
   * a key on behalf of the caller only for a secret that the caller may use, and only the functions seal.
   */
  readonly contextArns: readonly string[];
  readonly #wildcards: WildcardReasons;
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
      ...secretNames.map(name => ({ label: idPart(this, name), arn: this.#create(name) })),
    ];
    this.arns = this.#scheduled.map(({ arn }) => arn);
    const everySecret = [arnOf(this, 'secretsmanager', 'secret', '*')];
    this.#resources = allSecrets ? everySecret : [...this.arns, ...secretArnPatterns];
    this.contextArns = this.#resources.length > MAX_CONTEXT_ARNS ? everySecret : this.#resources;
    this.#wildcards = wildcardReasons(allSecrets ? [EVERY_SECRET] : secretArnPatterns);
    this.hostRequired = allSecrets ? { HOST_REQUIRED: 'true' } : {};
  }

  /**
   * Allows actions on the secrets that name this rotation function. Secrets Manager records the function before its
   * first call and keeps it when the rotation is cancelled, so the condition blocks no rotation. It excludes secrets that
   * only match a pattern, or have another function now.
   *
   * @see AWS Secrets Manager User Guide, "Lambda rotation function execution role permissions"
   */
  grant(grantee: IGrantable, ...actions: readonly SecretAction[]): void {
    for (const [index, resources] of statementLists(this.#resources, arnEstimate(this.#props)).entries()) {
      grant(grantee, {
        sid: numbered('UseRotatedSecrets', index),
        actions: actions.map(action => `secretsmanager:${action}`),
        resources,
        conditions: {
          StringEquals: { 'secretsmanager:resource/AllowRotationLambdaArn': this.#props.rotationFunctionArn },
        },
      });
    }
    explainWildcards(grantee, this.#wildcards);
    const keyUse = new Set(actions.flatMap(action => KEY_USE[action]));
    if (keyUse.size === 0) return;
    this.grantKeys(grantee, {
      sid: 'UseKeysOfRotatedSecrets',
      actions: [...keyUse],
      secretArns: this.contextArns,
    });
  }

  /** Allows what Secrets Manager does with the keys of the rotated secrets, for the values of some secrets. */
  grantKeys(grantee: IGrantable, { sid, actions, secretArns }: KeyUse): void {
    for (const [index, resources] of statementLists(this.#keyArns, arnEstimate(this.#props)).entries()) {
      grant(grantee, {
        sid: numbered(sid, index),
        actions,
        resources,
        conditions: keyUseCondition(secretArns),
      });
    }
  }

  /**
   * Enables rotation without rotating immediately: a valid credential needs no rotation, and an empty one cannot be
   * rotated.
   */
  rotateBy(rotation: IFunction, schedule: ScheduleFigures): void {
    for (const { label, arn } of this.#scheduled) {
      const rotationSchedule = new CfnRotationSchedule(this, `Schedule-${label}`, {
        secretId: arn,
        rotationLambdaArn: rotation.functionArn,
        rotateImmediatelyOnUpdate: false,
        rotationRules: { scheduleExpression: schedule.expression, duration: schedule.window },
      });
      // Secrets Manager invokes the function as soon as the schedule exists.
      rotationSchedule.node.addDependency(rotation);
    }
  }

  /** Must not change: CloudFormation deletes the old schedule after creating the new one, which disables rotation. */
  #label(arn: string): string {
    return idPart(this, Token.isUnresolved(arn) ? arn : arn.split(':').slice(6).join(':'));
  }

  #create(name: string): string {
    const secret = new CfnSecret(this, `Secret-${idPart(this, name)}`, {
      name,
      description: 'Genesys Cloud credential, kept fresh by the token rotation',
      secretString: EMPTY_CREDENTIAL,
      ...(this.#props.secretKey !== undefined && { kmsKeyId: this.#props.secretKey.keyArn }),
    });
    secret.applyRemovalPolicy(this.#props.removalPolicy);
    return secret.ref;
  }
}

/**
 * Splits ARNs into lists that fit into one statement of a managed policy (AWS IAM User Guide, "IAM and AWS STS quotas":
 * 6,144 characters). CDK spreads statements over policies, but does not split them.
 *
 * @param unknownLength the assumed length of an ARN that is known only at deployment
 */
function statementLists(arns: readonly string[], unknownLength: number): string[][] {
  const lists: string[][] = [];
  let room = 0;
  for (const arn of arns) {
    const length = (Token.isUnresolved(arn) ? unknownLength : arn.length) + '"",'.length;
    if (length > room) {
      lists.push([]);
      room = MAX_LIST_CHARACTERS;
    }
    lists.at(-1)?.push(arn);
    room -= length;
  }
  return lists;
}

/** Statement ids are unique in a policy. */
function numbered(sid: string, index: number): string {
  return index === 0 ? sid : `${sid}${index + 1}`;
}

/**
 * The assumed length of an ARN that is known only at deployment: that of the longest created secret. CDK's estimate is
 * too short for long names.
 */
export function arnEstimate({ secretNames = [] }: SecretOptions): number {
  const frame = 'arn:aws-us-gov:secretsmanager:ap-southeast-1:123456789012:secret:-123456'.length;
  return Math.max(MIN_ARN_ESTIMATE, ...secretNames.map(name => frame + name.length));
}

/** Limits the use of a key to Secrets Manager's use for these secrets. */
export function keyUseCondition(
  secretArns: string | readonly string[],
): Record<string, Record<string, unknown>> {
  return {
    StringEquals: { 'kms:ViaService': viaService('secretsmanager') },
    StringLike: { 'kms:EncryptionContext:SecretARN': secretArns },
  };
}

/** The keys of all secrets that have one. */
export function keyArns({ secrets = [], secretKey, secretKeys = [] }: SecretOptions): string[] {
  const keys = [secretKey, ...secretKeys, ...secrets.map(({ encryptionKey }) => encryptionKey)];
  return [...new Set(keys.flatMap(key => (key === undefined ? [] : [key.keyArn])))];
}

/** As cdk-nag writes it. */
const EVERY_SECRET = 'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:*';

function wildcardReasons(patterns: readonly string[]): WildcardReasons {
  return Object.fromEntries(
    patterns.map(pattern => [
      `Resource::${pattern}`,
      'Limited by its condition to secrets that name the rotation function of this deployment.',
    ]),
  );
}
