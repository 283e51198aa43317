import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { arnOf } from './arn.ts';
import { idPart } from './construct-ids.ts';
import { grant } from './grants.ts';
import type { SecretOptions } from './options.ts';
import { keyArns, keyUseCondition, type RotatedSecrets } from './rotated-secrets.ts';
import { checkPublishable } from './validation.ts';

/** Props of the published secrets. */
export interface PublishedSecretsProps extends SecretOptions {
  /** The value of the tag that marks the secrets of this deployment. */
  readonly namePrefix: string;
  /** The secrets whose access tokens are published. */
  readonly rotated: RotatedSecrets;
  readonly removalPolicy: RemovalPolicy;
}

/** The functions write only secrets with this tag. Its value is the deployment's name. */
export const PUBLISHER_TAG = 'genesys-token-rotation:published-by';

/** Suffix of a published secret's name, after the name of the rotated secret. */
const NAME_SUFFIX = '/access-token';

/** Secrets Manager adds a hyphen and six characters to a name. */
const ARN_SUFFIX = `${NAME_SUFFIX}-??????`;

/** The secrets with the access tokens that consumers read: creates those of new credentials and grants access. */
export class PublishedSecrets extends Construct {
  readonly #props: PublishedSecretsProps;
  /** The ARNs of the secrets that this construct creates, by the names of the rotated ones. */
  readonly #created: ReadonlyMap<string, string>;

  constructor(scope: Construct, id: string, props: PublishedSecretsProps) {
    super(scope, id);
    this.#props = props;
    this.#created = new Map(props.secretNames?.map(name => [name, this.#create(name)]));
  }

  /**
   * Grants writing published secrets, but not reading them. The tag is required, so a secret that merely has such a name
   * is not affected. DescribeSecret and UpdateSecretVersionStage move AWSCURRENT back to a previously published version.
   *
   * @see Service Authorization Reference, "AWS Secrets Manager"
   */
  grantWrite(grantee: IGrantable): void {
    const { namePrefix, rotated } = this.#props;
    const everySecret = this.#arnOf('*');
    grant(
      grantee,
      {
        sid: 'WritePublishedSecrets',
        actions: ['PutSecretValue', 'DescribeSecret', 'UpdateSecretVersionStage'].map(
          action => `secretsmanager:${action}`,
        ),
        resources: [everySecret],
        conditions: { StringEquals: { [`aws:ResourceTag/${PUBLISHER_TAG}`]: namePrefix } },
      },
      {
        [`Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:*${ARN_SUFFIX}`]:
          'Limited by its condition to secrets with the tag of this deployment; authorize creates some of them.',
      },
    );
    rotated.grantKeys(grantee, {
      sid: 'UseKeysOfPublishedSecrets',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      secretArns: everySecret,
    });
  }

  /**
   * Grants reading the access token of a rotated secret, but not the rotated secret itself.
   *
   * @throws InvalidSetting `secretName` is not the name of a secret
   */
  grantRead(secretName: string, grantee: IGrantable): Grant {
    checkPublishable('secretName', [secretName]);
    const createdArn = this.#created.get(secretName);
    const { secretKey, secretKeys, secrets } = this.#props;
    const arn = createdArn ?? this.#arnOf(secretName);
    const keys = keyArns(createdArn === undefined ? { secretKeys, secrets } : { secretKey });
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
        resourceArns: keys,
        conditions: keyUseCondition(arn),
      }),
    );
  }

  #arnOf(secretName: string): string {
    return arnOf(this, 'secretsmanager', 'secret', `${secretName}${ARN_SUFFIX}`);
  }

  /** Creates it without a value, so that nothing can be mistaken for a token before the first rotation writes one. */
  #create(secretName: string): string {
    const { namePrefix, secretKey, removalPolicy } = this.#props;
    const secret = new CfnSecret(this, `Secret-${idPart(this, secretName)}`, {
      name: `${secretName}${NAME_SUFFIX}`,
      description: `Genesys Cloud access token of ${secretName}, for consumers`,
      tags: [{ key: PUBLISHER_TAG, value: namePrefix }],
      ...(secretKey !== undefined && { kmsKeyId: secretKey.keyArn }),
    });
    secret.applyRemovalPolicy(removalPolicy);
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The rotation of the credential writes this secret.',
    });
    return secret.ref;
  }
}
