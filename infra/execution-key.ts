import { ArnFormat, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { viaService } from './arn.ts';
import { grant } from './grants.ts';

/** What the executions' key is bound to. */
export interface ExecutionKeyProps {
  readonly namePrefix: string;
  readonly stateMachineArn: string;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * A key of the account for definition, input, output and history of the executions, in place of one that AWS owns. Not
 * the seal's key: whoever looks at an execution in the Step Functions console needs to decrypt with this one, and
 * nobody who only looks may open a seal.
 *
 * @see AWS Step Functions Developer Guide, "Data at rest encryption in Step Functions"
 */
export class ExecutionKey extends Construct {
  /** For the state machine's own property, which grants its use to the state machine's role. */
  readonly key: IKey;
  readonly #stateMachineArn: string;

  constructor(scope: Construct, id: string, props: ExecutionKeyProps) {
    super(scope, id);
    const key = new Key(this, 'Key', {
      alias: `${props.namePrefix}/executions`,
      description: 'Encrypts the executions of the Genesys Cloud token rotation',
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy,
    });
    // Not a pattern: Step Functions gives this very text as the context.
    const everyLogGroup = Stack.of(this).formatArn({
      service: 'logs',
      resource: '*',
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    // The delivery of the log decrypts what the state machine's role encrypted for it, in the same context.
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'DeliverLogs',
        principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: { StringEquals: { 'kms:EncryptionContext:SourceArn': everyLogGroup } },
      }),
    );
    // A reference: to the key itself the state machine's construct would add a wider statement for the same purpose.
    this.key = Key.fromKeyArn(this, 'Reference', key.keyArn);
    this.#stateMachineArn = props.stateMachineArn;
  }

  /** Allows what DescribeExecution and GetExecutionHistory need of their caller. Starting and redriving need nothing. */
  grantRead(grantee: IGrantable): void {
    grant(grantee, {
      sid: 'ReadExecutions',
      actions: ['kms:Decrypt'],
      resources: [this.key.keyArn],
      conditions: {
        StringEquals: {
          'kms:EncryptionContext:aws:states:stateMachineArn': this.#stateMachineArn,
          'kms:ViaService': viaService('states'),
        },
      },
    });
  }
}
