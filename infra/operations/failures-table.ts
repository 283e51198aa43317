import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** What the table is made of. */
export interface FailuresTableProps {
  readonly namePrefix: string;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Which credentials are failing and since when, so that each failure is notified once and its end, too. An entry that
 * nobody ends goes by itself, at `expiresAt`.
 */
export class FailuresTable extends Construct {
  readonly name: string;
  readonly #arn: string;

  constructor(scope: Construct, id: string, props: FailuresTableProps) {
    super(scope, id);
    const table = new Table(this, 'Table', {
      tableName: `${props.namePrefix}-failures`,
      partitionKey: { name: 'subject', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
      removalPolicy: props.removalPolicy,
    });
    Validations.of(table).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason:
        'The table only keeps notifications from being repeated. Without its items each failure is reported once more.',
    });
    this.name = table.tableName;
    this.#arn = table.tableArn;
  }

  /** Lets a function read, write and delete entries, each by its key. */
  allowEntries(): PolicyStatement {
    return new PolicyStatement({
      sid: 'RememberFailures',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
      resources: [this.#arn],
    });
  }
}
