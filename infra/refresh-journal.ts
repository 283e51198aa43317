import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { grant } from './grants.ts';

/** What becomes of the journal. */
export interface RefreshJournalProps {
  readonly removalPolicy: RemovalPolicy;
}

/** A call of the functions on the journal. A transaction needs the actions of its writes. */
export type JournalAction = 'GetItem' | 'PutItem' | 'UpdateItem';

/**
 * The table that records which refresh token became which (see `functions/shared/journal/`). It is as precious as the
 * secrets: it is protected from deletion, and stays when the stack is deleted, unless everything is to be destroyed.
 * Its name is generated, so that a retained table does not keep the stack from being deployed again.
 *
 * Entries never expire: a seed value that was written a year ago must still lead to the newest token. Refresh tokens
 * are in it by fingerprint, and the newest pair of each login sealed.
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
      reason:
        'A journal from before the last rotations would name exchanged tokens as the newest; a new one is better.',
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
