import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { arnOf, viaService } from './arn.ts';
import type { WildcardReasons } from './role-policies.ts';
import { keyArns, type SecretSelection } from './secret-selection.ts';
import { checkForm } from './setting-checks.ts';

/** What the published secrets depend on. */
export interface PublishedSecretsProps extends SecretSelection {
  /** The value of the tag that marks the secrets of this deployment. */
  readonly namePrefix: string;
  readonly removalPolicy: RemovalPolicy;
}

/** The tag that a secret must carry to be written; its value is the deployment's name. */
export const PUBLISHER_TAG = 'genesys-token-rotation:published-by';

/** What follows the name of the rotated secret. */
const NAME_END = '/access-token';

/** The names of rotated secrets whose published secret still has a name that Secrets Manager takes (512 characters). */
const SECRET_NAME = /^[\w/+=.@!-]{1,499}$/;

/** Secrets Manager adds a hyphen and six characters to a name. */
const ARN_END = `${NAME_END}-??????`;

/** The secrets with the access tokens that consumers read: makes those of new credentials, says who may use them. */
export class PublishedSecrets extends Construct {
  /** Why the policy of the function names the secrets by a pattern. */
  readonly wildcards: WildcardReasons = {
    [`Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:*${ARN_END}`]:
      'Limited by its condition to the secrets that carry the tag of this deployment; authorize makes some of them.',
  };
  readonly #props: PublishedSecretsProps;
  /** The ARNs of the secrets that are made here, by the names of the rotated ones. */
  readonly #made: ReadonlyMap<string, string>;

  /** @throws InvalidSetting `secretNames` */
  constructor(scope: Construct, id: string, props: PublishedSecretsProps) {
    super(scope, id);
    this.#props = props;
    this.#made = new Map(props.secretNames?.map(name => [name, this.#create(name)]));
  }

  /**
   * Allows to write published secrets, not to read them. The tag decides, so a secret that merely has such a name is out
   * of reach. DescribeSecret and UpdateSecretVersionStage move AWSCURRENT back to a version that was published before.
   *
   * @see Service Authorization Reference, "AWS Secrets Manager"
   */
  allowWriting(): PolicyStatement[] {
    const secrets = new PolicyStatement({
      sid: 'WritePublishedSecrets',
      actions: ['PutSecretValue', 'DescribeSecret', 'UpdateSecretVersionStage'].map(
        action => `secretsmanager:${action}`,
      ),
      resources: [this.#arnOf('*')],
      conditions: { StringEquals: { [`aws:ResourceTag/${PUBLISHER_TAG}`]: this.#props.namePrefix } },
    });
    const keys = keyArns(this.#props);
    if (keys.length === 0) return [secrets];
    return [
      secrets,
      new PolicyStatement({
        sid: 'UseKeysOfPublishedSecrets',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: keys,
        conditions: usedFor(this.#arnOf('*')),
      }),
    ];
  }

  /**
   * Allows to read the access token of a rotated secret, and nothing of the rotated secret itself.
   *
   * @throws InvalidSetting `secretName` is not the name of a secret
   */
  grantRead(secretName: string, grantee: IGrantable): Grant {
    checkName('secretName', secretName);
    const madeArn = this.#made.get(secretName);
    const { secretKeyArn, secretKeyArns = [] } = this.#props;
    const arn = madeArn ?? this.#arnOf(secretName);
    const keys = madeArn === undefined ? secretKeyArns : [secretKeyArn ?? []].flat();
    const secret = Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      resourceArns: [arn],
    });
    if (keys.length === 0) return secret;
    return secret.combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['kms:Decrypt'],
        resourceArns: [...keys],
        conditions: usedFor(arn),
      }),
    );
  }

  #arnOf(secretName: string): string {
    return arnOf(this, 'secretsmanager', 'secret', `${secretName}${ARN_END}`);
  }

  /** Without a value: the first rotation writes one, and until then nothing can be mistaken for a token. */
  #create(secretName: string): string {
    checkName('secretNames', secretName);
    const secret = new CfnSecret(this, `Secret-${secretName}`, {
      name: `${secretName}${NAME_END}`,
      description: `Genesys Cloud access token of ${secretName}, for consumers`,
      tags: [{ key: PUBLISHER_TAG, value: this.#props.namePrefix }],
      ...(this.#props.secretKeyArn !== undefined && { kmsKeyId: this.#props.secretKeyArn }),
    });
    secret.applyRemovalPolicy(this.#props.removalPolicy);
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The rotation of the other secret writes it; it has nothing to rotate by itself.',
    });
    return secret.ref;
  }
}

/** Limits the use of a key to what Secrets Manager does with it for these secrets. */
function usedFor(secretArn: string): Record<string, Record<string, string>> {
  return {
    StringEquals: { 'kms:ViaService': viaService('secretsmanager') },
    StringLike: { 'kms:EncryptionContext:SecretARN': secretArn },
  };
}

function checkName(setting: string, secretName: string): void {
  checkForm(
    setting,
    secretName,
    SECRET_NAME,
    `is not a name to which ${NAME_END} can be added: 1 to 499 letters, digits and -/_+=.@!`,
  );
}
