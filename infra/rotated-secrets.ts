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

/** What the secrets' permissions depend on. */
export interface RotatedSecretsProps extends SecretOptions {
  /** Not a reference to the function, which depends on the functions that the permissions are for. */
  readonly rotationFunctionArn: string;
  /** Of the secrets that are made. */
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
 * What Secrets Manager does with a secret's key in the caller's name (AWS Secrets Manager User Guide, "Secret
 * encryption and decryption"): PutSecretValue also decrypts, to compare with the version that is there.
 */
const KEY_USE: Readonly<Record<SecretAction, readonly string[]>> = {
  DescribeSecret: [],
  GetSecretValue: ['kms:Decrypt'],
  PutSecretValue: ['kms:Decrypt', 'kms:GenerateDataKey'],
  UpdateSecretVersionStage: [],
};

/** The most characters of a statement's list of ARNs: leaves room for its actions and conditions. */
const MAX_LIST_CHARACTERS = 5_000;

/** Longer than the ARNs of functions and keys, which are also known only at deployment. */
const MIN_ARN_ESTIMATE = 120;

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
   * Allows actions on the secrets that name the rotation function as theirs. Secrets Manager records the function before
   * it first calls it, and keeps it when the rotation is cancelled, so the condition takes nothing away from a rotation.
   * It takes a secret out of reach that only matches a pattern, or has another function now.
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
      grant(grantee, { sid: numbered(sid, index), actions, resources, conditions: usedFor(secretArns) });
    }
  }

  /**
   * Turns the rotation on. Not at once: a credential that is good now needs no rotation, and one that has yet to be
   * filled in cannot be rotated.
   */
  rotateBy(rotation: IFunction, schedule: ScheduleFigures): void {
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

  /** Another label would turn the rotation off: the old schedule is deleted after the new one is created. */
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
 * Lists of ARNs that each fit into one statement, and into a managed policy with it (AWS IAM User Guide, "IAM and AWS STS
 * quotas": 6,144 characters). CDK spreads statements over policies, but splits none.
 *
 * @param unknownLength assumed of an ARN that is known only at deployment
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
 * The length of an ARN that is known only at deployment: that of the longest secret that is created. CDK's own estimate
 * is too short for long names.
 */
export function arnEstimate({ secretNames = [] }: SecretOptions): number {
  const frame = 'arn:aws-us-gov:secretsmanager:ap-southeast-1:123456789012:secret:-123456'.length;
  return Math.max(MIN_ARN_ESTIMATE, ...secretNames.map(name => frame + name.length));
}

/** Limits the use of a key to what Secrets Manager does with it for these secrets. */
export function usedFor(secretArns: string | readonly string[]): Record<string, Record<string, unknown>> {
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
