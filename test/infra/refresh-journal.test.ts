import { describe, expect, it } from 'vitest';
import { deployedFunctionNames } from '../../infra/function-list.ts';
import { functionId, journalTableId, statementsOf, template } from './deployment.ts';

const plain = template();

/** The complete resource. */
function journalOf(stack = plain) {
  return stack.toJSON().Resources[journalTableId(stack)];
}

describe('the refresh journal', () => {
  it('is a table with a generated name, on demand, protected from deletion, and retained when the stack is deleted', () => {
    expect(journalOf()).toEqual({
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it('is also protected and retained when everything is retained', () => {
    expect(journalOf(template({ removalPolicy: 'retain' }))).toEqual(journalOf());
  });

  it('is neither protected nor retained with removalPolicy=destroy', () => {
    expect(journalOf(template({ removalPolicy: 'destroy' }))).toMatchObject({
      Properties: { DeletionProtectionEnabled: false },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });

  it('keeps its items, because an old refresh token must lead to the newest one even after a year', () => {
    expect(journalOf().Properties).not.toHaveProperty('TimeToLiveSpecification');
  });

  it('keeps its logical id', () => {
    expect(journalTableId(template({ memoryMb: 1024, secretNames: ['genesys/a'] }))).toBe(
      journalTableId(plain),
    );
  });

  it('is accessible only to these functions, with these actions', () => {
    const table = { 'Fn::GetAtt': [journalTableId(plain), 'Arn'] };

    const uses = deployedFunctionNames({}).flatMap(name =>
      statementsOf(plain, `tokens-${name}`)
        .filter(({ Resource }) => JSON.stringify(Resource).includes(journalTableId(plain)))
        .map(statement => [name, statement]),
    );

    const use = (Action: string | string[]) => ({
      Sid: 'UseJournal',
      Effect: 'Allow',
      Action,
      Resource: table,
    });
    expect(uses).toEqual([
      ['refresh', use(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'])],
      ['store-pending', use(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'])],
      ['promote', use('dynamodb:UpdateItem')],
    ]);
  });

  it('is only in the environment of these functions', () => {
    const { Resources } = plain.toJSON();

    const named = deployedFunctionNames({}).filter(
      name => Resources[functionId(plain, name)].Properties.Environment.Variables.JOURNAL_TABLE !== undefined,
    );

    expect(named).toEqual(['refresh', 'store-pending', 'promote']);
  });
});
