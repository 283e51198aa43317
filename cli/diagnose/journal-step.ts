import {
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import type { TaskFunctions } from './function-steps.ts';
import { type Finding, ok, wrong } from './steps.ts';

/** The table of the refresh journal. */
export interface JournalTable {
  readonly tableName: string;
}

/** The states in which a table serves reads and writes (Amazon DynamoDB API Reference, TableDescription). */
const USABLE = new Set(['ACTIVE', 'UPDATING']);

/** Checks whether the table of the refresh journal exists and is usable, and whether all functions use the same one. */
export async function checkJournal(
  dynamoDb: DynamoDBClient,
  functions: TaskFunctions,
): Promise<Finding<JournalTable>> {
  const tableName = functions.refresh.journalTable;
  const isShared = [functions['store-pending'], functions.promote].every(
    ({ journalTable }) => journalTable === tableName,
  );
  if (tableName === undefined || !isShared) {
    return wrong(
      'the functions do not all use the same table',
      'The variable JOURNAL_TABLE of a function was changed. Deploy the stack again with npm run deploy. It reverts manual changes.',
    );
  }
  try {
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: tableName }));
    const status = Table?.TableStatus ?? 'in an unknown state';
    if (USABLE.has(status)) return ok(tableName, { tableName });
    return wrong(
      `${tableName} is ${status}`,
      `Wait until the table is ACTIVE, or find out in the DynamoDB console why it is not. Rotations fail until then, without spending a token: aws dynamodb describe-table --table-name ${tableName}`,
    );
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    return wrong(
      `${tableName} does not exist`,
      `Create the table again, empty: aws dynamodb create-table --table-name ${tableName} --billing-mode PAY_PER_REQUEST --attribute-definitions AttributeName=pk,AttributeType=S AttributeName=sk,AttributeType=S --key-schema AttributeName=pk,KeyType=HASH AttributeName=sk,KeyType=RANGE. Rotations then continue with the tokens in AWSCURRENT. Log in again for secrets whose rotation had already failed. See docs/architecture.md#the-refresh-journal`,
    );
  }
}
