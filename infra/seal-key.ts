import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/** What a sealed blob may hold; the value of `holds` in its encryption context. */
export type SealedContent = 'secret-value' | 'rotation-token';

/** What the seal's key is bound to. */
export interface SealKeyProps {
  readonly alias: string;
  /** ARNs or patterns of the secrets whose values and rotation tokens may be sealed. */
  readonly secretArns: readonly string[];
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The key under which tokens travel through the state machine. Its own policy only hands the decision to the
 * account's IAM policies; what may be done with it stands in the roles that `allow` grants to.
 *
 * It should stay when the stack, or a later template, does without it: the tokens of a failed rotation lie sealed in
 * its execution, which can be redriven for 14 days.
 *
 * @see AWS Step Functions Developer Guide, "Restarting state machine executions with redrive"
 */
export class SealKey extends Construct {
  readonly arn: string;
  readonly #secretArns: readonly string[];

  constructor(scope: Construct, id: string, props: SealKeyProps) {
    super(scope, id);
    const key = new Key(this, 'Key', {
      alias: props.alias,
      description: 'Seals Genesys Cloud tokens on their way through the token rotation',
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy: props.removalPolicy,
    });
    this.arn = key.keyArn;
    this.#secretArns = props.secretArns;
  }

  /**
   * Allows one use of the key, bound to the encryption context: exactly the keys `secretArn`, `versionId` and
   * `holds`, a secret of this deployment, and the given content. `ForAllValues` alone would let a call without any
   * context pass; the other conditions ask for each of the three.
   *
   * @see AWS KMS Developer Guide, "AWS KMS condition keys"
   */
  allow(action: 'GenerateDataKey' | 'Decrypt', ...contents: readonly SealedContent[]): PolicyStatement {
    return new PolicyStatement({
      sid: action === 'Decrypt' ? 'OpenSeal' : 'Seal',
      actions: [`kms:${action}`],
      resources: [this.arn],
      conditions: {
        'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['secretArn', 'versionId', 'holds'] },
        StringEquals: { 'kms:EncryptionContext:holds': contents },
        StringLike: { 'kms:EncryptionContext:secretArn': this.#secretArns },
        Null: { 'kms:EncryptionContext:versionId': 'false' },
      },
    });
  }
}
