import { describe, expect, it } from 'vitest';
import type { AccessRequest } from '../../../sandbox/aws/service.ts';
import { ACCOUNT_ID } from '../../helpers/aws-endpoint.ts';
import { allow, allowedBy } from '../iam/policies.ts';
import { JOURNAL_ARN, KEY, openTables, tableArn } from './table-world.ts';

const TableName = 'journal';
const LEADING = { 'dynamodb:LeadingKeys': ['secret'] };

/** The permissions that a call requires. */
async function permissionsFor(name: string, input: object): Promise<readonly AccessRequest[]> {
  const { dynamoDb } = await openTables();
  const operation = dynamoDb.operations[name];
  if (operation === undefined) throw new Error(`There is no operation ${name}.`);
  return operation.access(input, {
    service: 'dynamodb',
    operation: name,
    input,
    caller: { accountId: ACCOUNT_ID, arn: 'arn:aws:iam::1:user/x', userId: 'x' },
    requestId: 'request-1',
  });
}

describe('permissions for DynamoDB', () => {
  it.each<[string, object, Required<AccessRequest>['context']]>([
    ['GetItem', { Key: KEY }, { 'dynamodb:Attributes': ['pk', 'sk'], 'dynamodb:Select': 'ALL_ATTRIBUTES' }],
    [
      'PutItem',
      {
        Item: { ...KEY, lineage: { S: 'a' } },
        ReturnValues: 'ALL_OLD',
        ConditionExpression: 'attribute_not_exists(#n)',
        ExpressionAttributeNames: { '#n': 'generation' },
      },
      {
        'dynamodb:Attributes': ['pk', 'sk', 'lineage', 'generation'],
        'dynamodb:ReturnValues': 'ALL_OLD',
      },
    ],
    [
      'UpdateItem',
      {
        Key: KEY,
        UpdateExpression: 'SET lineage = former REMOVE issued',
        ConditionExpression: 'attribute_exists(pk) AND attribute_exists(lineage)',
        ReturnValues: 'NONE',
      },
      {
        'dynamodb:Attributes': ['pk', 'sk', 'lineage', 'former', 'issued'],
        'dynamodb:ReturnValues': 'NONE',
      },
    ],
    [
      'DeleteItem',
      { Key: KEY, ReturnValues: 'NONE' },
      { 'dynamodb:Attributes': ['pk', 'sk'], 'dynamodb:ReturnValues': 'NONE' },
    ],
    [
      'Query',
      {
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': KEY.pk, ':prefix': { S: 'token#' } },
      },
      { 'dynamodb:Attributes': ['pk', 'sk'], 'dynamodb:Select': 'ALL_ATTRIBUTES' },
    ],
  ])('for %s are its action and its condition keys', async (name, members, context) => {
    expect(await permissionsFor(name, { TableName, ...members })).toStrictEqual([
      { action: `dynamodb:${name}`, resource: JOURNAL_ARN, context: { ...LEADING, ...context } },
    ]);
  });

  it('for DescribeTable name the table and no items', async () => {
    expect(await permissionsFor('DescribeTable', { TableName })).toStrictEqual([
      { action: 'dynamodb:DescribeTable', resource: JOURNAL_ARN },
    ]);
  });

  it('for TransactWriteItems are the actions of its items', async () => {
    const conditional = { TableName, Key: KEY, ConditionExpression: 'attribute_exists(lineage)' };

    const requests = await permissionsFor('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName: 'failures', Item: { subject: { S: 'x' } } } },
        { Update: { TableName, Key: KEY, UpdateExpression: 'REMOVE lineage' } },
        { Delete: { TableName: JOURNAL_ARN, Key: KEY } },
        { ConditionCheck: { ...conditional, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
      ],
    });

    const keys = (attributes: string[], returnValues: string, leadingKey: string) => ({
      'dynamodb:Attributes': attributes,
      'dynamodb:EnclosingOperation': 'TransactWriteItems',
      'dynamodb:LeadingKeys': [leadingKey],
      'dynamodb:ReturnValues': returnValues,
    });
    expect(requests).toStrictEqual([
      {
        action: 'dynamodb:PutItem',
        resource: tableArn('failures'),
        context: keys(['subject'], 'NONE', 'x'),
      },
      {
        action: 'dynamodb:UpdateItem',
        resource: JOURNAL_ARN,
        context: keys(['pk', 'sk', 'lineage'], 'NONE', 'secret'),
      },
      {
        action: 'dynamodb:DeleteItem',
        resource: JOURNAL_ARN,
        context: keys(['pk', 'sk'], 'NONE', 'secret'),
      },
      {
        action: 'dynamodb:ConditionCheckItem',
        resource: JOURNAL_ARN,
        context: keys(['pk', 'sk', 'lineage'], 'ALL_OLD', 'secret'),
      },
    ]);
  });

  it.each([
    ['PutItem', { TableName: 'other', Item: KEY }, tableArn('other')],
    ['UpdateItem', { TableName: tableArn('other'), Key: KEY }, tableArn('other')],
    ['GetItem', { TableName: 'arn:aws:s3:::bucket', Key: KEY }, 'arn:aws:s3:::bucket'],
  ])('for %s of another table name no leading key', async (name, input, resource) => {
    const [request] = await permissionsFor(name, input);

    expect(request?.resource).toBe(resource);
    expect(request?.context).not.toHaveProperty('dynamodb:LeadingKeys');
  });

  it('can be limited to one partition, and to transactions', async () => {
    const statement = allow({
      Action: ['dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'],
      Condition: {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['secret'] },
        StringEquals: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' },
      },
    });
    const update = { TableName, Key: KEY, UpdateExpression: 'REMOVE lineage' };
    const other = { ...update, Key: { ...KEY, pk: { S: 'secret-2' } } };
    const check = { TableName, Key: KEY, ConditionExpression: 'attribute_exists(lineage)' };

    const single = await permissionsFor('UpdateItem', { ...update, ReturnValues: 'NONE' });
    const transaction = await permissionsFor('TransactWriteItems', {
      TransactItems: [{ Update: update }, { Update: other }, { ConditionCheck: check }],
    });

    expect([...single, ...transaction].map(request => allowedBy([statement], request))).toStrictEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});
