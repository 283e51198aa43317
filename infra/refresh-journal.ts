import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { grant } from './grants.ts';

/** Props of the journal. */
export interface RefreshJournalProps {
  readonly removalPolicy: RemovalPolicy;
}

/** A call that the functions make to the journal. A transaction needs the actions of its writes. */
export type JournalAction = 'GetItem' | 'PutItem' | 'UpdateItem';

/**
 * The table that records the exchanges of refresh tokens (see `functions/shared/journal/`). It is as valuable as the
 * secrets: it has deletion protection and is retained when the stack is deleted, unless `removalPolicy` is `DESTROY`.
 * Its name is generated, so that a retained table does not block another deployment of the stack.
 *
 * Entries never expire: a value written a year ago must still lead to the newest token. The table holds fingerprints of
 * refresh tokens, and the newest pair of each login, sealed.
 *
 * @see Amazon DynamoDB Developer Guide, "Amazon DynamoDB Transactions: How it works"
 */
export class RefreshJournal extends Construct {
  readonly tableName: string;
  readonly #arn: string;

  constructor(scope: Construct, id: string, { removalPolicy }: RefreshJournalProps) {
    super(scope, id);
    const table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
    });
    Validations.of(table).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason: 'A restored journal would name exchanged tokens as the newest; an empty one is better.',
    });
    this.tableName = table.tableName;
    this.#arn = table.tableArn;
  }

  /** Allows calls on the journal's items. */
  grant(grantee: IGrantable, ...actions: readonly JournalAction[]): void {
    grant(grantee, {
      sid: 'UseJournal',
      actions: actions.map(action => `dynamodb:${action}`),
      resources: [this.#arn],
    });
  }
}
