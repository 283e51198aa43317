import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { grant } from './grants.ts';

/** What a sealed blob may hold: the value of `holds` in its encryption context. */
export type SealedContent = 'token-pair' | 'rotation-token';

/** Props of the seal key. */
export interface SealKeyProps {
  readonly alias: string;
  /** ARNs or patterns of the secrets whose values and rotation tokens may be sealed. */
  readonly secretArns: readonly string[];
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The key that seals tokens in the journal and in the state machine. Its policy leaves administration to the account's
 * IAM policies and denies its use to everyone but the functions' roles, including administrators with `kms:*`. Anyone
 * who may change the policy can still do so: see `docs/security.md`, "Recover a token by hand".
 *
 * The key must outlive the stack: the journal and the executions of failed rotations hold the newest tokens, sealed.
 */
export class SealKey extends Construct {
  readonly key: Key;
  readonly #secretArns: readonly string[];
  readonly #openers = new Set<string>();
  readonly #sealers = new Set<string>();

  constructor(scope: Construct, id: string, props: SealKeyProps) {
    super(scope, id);
    const key = new Key(this, 'Key', {
      // CDK adds the prefix only to names that are known at synthesis.
      alias: `alias/${props.alias}`,
      description: 'Seals the tokens of the Genesys Cloud token rotation',
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy: props.removalPolicy,
    });
    // CloudFormation never deletes a retained key, so a deletion is a mistake. Disabling is not denied: it can be
    // undone, and stops everything in an emergency.
    if (props.removalPolicy !== RemovalPolicy.DESTROY) {
      key.addToResourcePolicy(denial('NoDeletion', ['kms:ScheduleKeyDeletion']));
    }
    this.key = key;
    this.#secretArns = props.secretArns;

    // Only the grantees may open seals or create them, so every blob that opens was sealed by a function.
    // `kms:ReEncrypt*` would allow both under another key. The conditions compare role ARNs instead of a `Principal`,
    // because KMS rejects a principal that a rollback has removed.
    const except = (roles: ReadonlySet<string>) => Lazy.list({ produce: () => [...roles] });
    key.addToResourcePolicy(
      denial('OpenInFunctionsOnly', ['kms:Decrypt', 'kms:ReEncryptFrom'], except(this.#openers)),
    );
    key.addToResourcePolicy(
      denial(
        'SealInFunctionsOnly',
        ['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncryptTo'],
        except(this.#sealers),
      ),
    );
  }

  /** Allows a role to seal one kind of content. */
  grantSeal(role: IRole, content: SealedContent): void {
    this.#sealers.add(role.roleArn);
    this.#grant(role, `Seal${CONTENTS[content].sid}`, 'kms:GenerateDataKey', content);
  }

  /** Allows a role to open one kind of content. */
  grantOpen(role: IRole, content: SealedContent): void {
    this.#openers.add(role.roleArn);
    this.#grant(role, `Open${CONTENTS[content].sid}`, 'kms:Decrypt', content);
  }

  /**
   * Allows one use of the key, bound to the encryption context: the given content, a secret of this deployment, and
   * exactly the content's context keys. `ForAllValues` alone would allow a call without context; the other conditions
   * require each key.
   *
   * @see AWS KMS Developer Guide, "AWS KMS condition keys"
   */
  #grant(role: IRole, sid: string, action: string, content: SealedContent): void {
    const { keys } = CONTENTS[content];
    grant(role, {
      sid,
      actions: [action],
      resources: [this.key.keyArn],
      conditions: {
        'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['secretArn', 'holds', ...keys] },
        StringEquals: { 'kms:EncryptionContext:holds': content },
        StringLike: { 'kms:EncryptionContext:secretArn': this.#secretArns },
        Null: Object.fromEntries(keys.map(key => [`kms:EncryptionContext:${key}`, 'false'])),
      },
    });
  }
}

/** Additional keys in the encryption context of each content. */
const CONTENTS: Readonly<Record<SealedContent, { readonly sid: string; readonly keys: readonly string[] }>> =
  {
    'token-pair': { sid: 'TokenPair', keys: ['lineage', 'generation'] },
    'rotation-token': { sid: 'RotationToken', keys: ['versionId'] },
  };

/** Denies actions to everyone but some roles. An explicit deny overrides every allow and every grant. */
function denial(sid: string, actions: readonly string[], exceptRoles?: string[]): PolicyStatement {
  return new PolicyStatement({
    sid,
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: [...actions],
    resources: ['*'],
    ...(exceptRoles !== undefined && { conditions: { ArnNotEquals: { 'aws:PrincipalArn': exceptRoles } } }),
  });
}
