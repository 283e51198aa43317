import { ArnFormat, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { viaService } from './arn.ts';
import { grant } from './grants.ts';

/** Props of the execution key. */
export interface ExecutionKeyProps {
  readonly namePrefix: string;
  readonly stateMachineArn: string;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * A customer managed key for the definition, input, output and history of the executions. It is not the seal key:
 * anyone who views an execution in the Step Functions console must be able to decrypt with it, but must not be able to
 * open seals.
 *
 * @see AWS Step Functions Developer Guide, "Data at rest encryption in Step Functions"
 */
export class ExecutionKey extends Construct {
  /** For the state machine's property, which grants its use to the state machine's role. */
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
    // Not a pattern: Step Functions uses this literal text as the context.
    const everyLogGroup = Stack.of(this).formatArn({
      service: 'logs',
      resource: '*',
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    // Log delivery decrypts what the state machine's role has encrypted, with the same context.
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'DeliverLogs',
        principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: { StringEquals: { 'kms:EncryptionContext:SourceArn': everyLogGroup } },
      }),
    );
    // An imported key, because the state machine's construct would add a wider statement to the key itself.
    this.key = Key.fromKeyArn(this, 'Reference', key.keyArn);
    this.#stateMachineArn = props.stateMachineArn;
  }

  /** Grants decryption through DescribeExecution and GetExecutionHistory. Starting and redriving do not need it. */
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
