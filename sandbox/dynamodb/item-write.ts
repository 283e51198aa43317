import { AwsError } from '../aws/aws-error.ts';
import { type Item, readItem, type UncheckedItem } from './attribute-value.ts';
import { type Condition, isMet, readCondition } from './condition.ts';
import { ExpressionReader } from './expression.ts';
import { type PlaceholderMembers, Placeholders } from './placeholders.ts';
import type { Table } from './table.ts';
import { applyUpdate, readUpdate, type Update } from './update.ts';
import { validationError } from './validation-error.ts';

/** The members of a request or transaction entry that writes one item. */
export interface WriteMembers extends PlaceholderMembers {
  readonly TableName: string;
  readonly Item?: UncheckedItem;
  readonly Key?: UncheckedItem;
  readonly ConditionExpression?: string | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ReturnValuesOnConditionCheckFailure: 'NONE' | 'ALL_OLD';
}

/** A parsed write of one item; its table has not been looked up yet. */
export interface ItemWrite {
  /** The action that the caller needs permission for. */
  readonly action: WriteAction;
  /** The table's name or ARN. */
  readonly table: string;
  /** The item of PutItem; the key for the other actions. */
  readonly given: Item;
  /** The names of all attributes that the request names. */
  readonly attributes: readonly string[];
  readonly condition: Condition | undefined;
  readonly update: Update | undefined;
  readonly returnsItemOnFailure: boolean;
}

export type WriteAction = 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheckItem';

/**
 * Parses a write from a request or transaction entry.
 *
 * Source: Amazon DynamoDB API Reference, the operation of each name. A transaction accepts placeholders without an
 * expression (test_transact_expression_validation.py of ExtendDB, which also runs on AWS).
 *
 * @throws AwsError ValidationException
 */
export function readWrite(
  action: WriteAction,
  members: WriteMembers,
  { inTransaction }: { readonly inTransaction: boolean },
): ItemWrite {
  const given =
    members.Item === undefined ? readItem(members.Key ?? {}, 'key') : readItem(members.Item, 'item');
  const { UpdateExpression, ConditionExpression } = members;
  const hasExpression = UpdateExpression !== undefined || ConditionExpression !== undefined;
  if (!hasExpression && !inTransaction) requireNoPlaceholders(action, members);
  const placeholders = new Placeholders(members);
  const named = new Set(Object.keys(given));
  const read = <Expression>(
    member: 'UpdateExpression' | 'ConditionExpression',
    parse: (reader: ExpressionReader) => Expression,
  ): Expression | undefined => {
    const text = members[member];
    if (text === undefined) return undefined;
    const reader = new ExpressionReader(member, text, placeholders);
    const expression = parse(reader);
    for (const name of reader.attributes) named.add(name);
    return expression;
  };
  const update = read('UpdateExpression', readUpdate);
  const condition = read('ConditionExpression', readCondition);
  if (hasExpression) placeholders.requireAllUsed();
  return {
    action,
    table: members.TableName,
    given,
    attributes: [...named],
    condition,
    update,
    returnsItemOnFailure: members.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  };
}

function requireNoPlaceholders(action: WriteAction, members: WriteMembers): void {
  if (members.ExpressionAttributeNames !== undefined) {
    throw validationError('ExpressionAttributeNames can only be specified when using expressions');
  }
  if (members.ExpressionAttributeValues === undefined) return;
  const missing =
    action === 'UpdateItem' ? 'UpdateExpression and ConditionExpression are' : 'ConditionExpression is';
  throw validationError(
    `ExpressionAttributeValues can only be specified when using expressions: ${missing} null`,
  );
}

/**
 * The key of the item that is written.
 *
 * @throws AwsError ValidationException when the key does not match the schema of the table, or the update changes a key
 * attribute
 */
export function keyOfWrite({ action, given, update }: ItemWrite, table: Table): string {
  const key = action === 'PutItem' ? table.keyOfItem(given) : table.keyOf(given);
  const changed = update?.find(({ attribute }) => table.keyAttributes.includes(attribute));
  if (changed === undefined) return key;
  throw validationError(
    `One or more parameter values were invalid: Cannot update attribute ${changed.attribute}. This attribute is part of the key`,
  );
}

/**
 * The item after a write; undefined if it does not exist.
 *
 * @param before the item before the write
 * @throws AwsError ConditionalCheckFailedException, ValidationException
 */
export function itemAfter(
  { action, given, ...write }: ItemWrite,
  before: Item | undefined,
): Item | undefined {
  if (write.condition !== undefined && !isMet(write.condition, before)) {
    throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', {
      ...(write.returnsItemOnFailure && before !== undefined && { details: { Item: before } }),
    });
  }
  switch (action) {
    case 'PutItem':
      return given;
    case 'UpdateItem':
      return applyUpdate(write.update, given, before);
    case 'DeleteItem':
      return undefined;
    case 'ConditionCheckItem':
      return before;
  }
}
