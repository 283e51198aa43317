import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../sandbox/aws/aws-error.ts';
import { validated } from '../../../sandbox/aws/validation.ts';
import { emulatedServices } from '../../helpers/emulated-services.ts';
import { type SdkType, sdkInput } from './sdk-inputs.ts';

/** Client names that differ from the service id. */
const CLIENTS: Readonly<Record<string, string>> = { secretsmanager: 'secrets-manager', states: 'sfn' };

/**
 * Values that AWS itself refuses for an operation (Amazon DynamoDB API Reference, PutItem and DeleteItem: "The
 * ReturnValues parameter is used by several DynamoDB operations; however, PutItem does not recognize any values other
 * than NONE or ALL_OLD").
 */
const REFUSED_BY_AWS: ReadonlySet<string> = new Set(
  ['dynamodb:PutItem', 'dynamodb:DeleteItem'].flatMap(operation =>
    ['ALL_NEW', 'UPDATED_NEW', 'UPDATED_OLD'].map(value => `${operation}.ReturnValues ${value}`),
  ),
);

/** What the sandbox does with the values of enumerations and the members that the AWS SDK can send. */
interface Findings {
  /** Enumeration values by treatment, each with the path of its member. */
  readonly accepted: string[];
  readonly notEmulated: string[];
  readonly invalid: string[];
  /** Members without a schema, which are silently dropped. */
  readonly ignored: string[];
}

/** Compares what the SDK can send with what a schema accepts. */
function compare(schema: v.GenericSchema, type: SdkType, where: string, findings: Findings): void {
  const inner = unwrapped(schema);
  // The whole member is refused as not emulated.
  if (inner.type === 'never') return;
  if (type.kind === 'enum') {
    for (const value of type.values) findings[treatment(schema, value)].push(`${where} ${value}`);
  } else if (type.kind === 'structure') {
    for (const [name, member] of type.members) {
      const entry = inner.entries?.[name];
      if (entry === undefined) findings.ignored.push(`${where}.${name}`);
      else compare(entry, member(), `${where}.${name}`, findings);
    }
  } else if (type.kind !== 'other' && (type.item().kind === 'enum' || type.item().kind === 'structure')) {
    const item = type.kind === 'list' ? inner.item : inner.value;
    // Maps with arbitrary values, such as DynamoDB items, are validated elsewhere.
    if (item !== undefined && unwrapped(item).type !== 'record') compare(item, type.item(), where, findings);
  }
}

/** A Valibot schema with the parts that some kinds have. */
type AnySchema = v.GenericSchema & {
  readonly wrapped?: v.GenericSchema;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly item?: v.GenericSchema;
  readonly value?: v.GenericSchema;
};

function unwrapped(schema: AnySchema): AnySchema {
  return schema.wrapped === undefined ? schema : unwrapped(schema.wrapped);
}

function treatment(schema: v.GenericSchema, value: string): 'accepted' | 'notEmulated' | 'invalid' {
  try {
    validated(v.object({ Member: schema }), { Member: value });
    return 'accepted';
  } catch (error) {
    return error instanceof AwsError && error.message.includes('not emulate') ? 'notEmulated' : 'invalid';
  }
}

/** All operations of all services. */
function findings(): Findings {
  const found: Findings = { accepted: [], notEmulated: [], invalid: [], ignored: [] };
  for (const { id, operations } of emulatedServices()) {
    for (const [name, { schema }] of Object.entries(operations)) {
      compare(schema, sdkInput(CLIENTS[id] ?? id, name), `${id}:${name}`, found);
    }
  }
  return found;
}

describe('the requests that the AWS SDK can send', () => {
  it('have no enumeration with a value that the sandbox rejects as invalid', () => {
    const { accepted, notEmulated, invalid } = findings();

    expect(invalid.filter(value => !REFUSED_BY_AWS.has(value))).toEqual([]);
    // Proves that the comparison covers all services.
    expect(accepted).toEqual(
      expect.arrayContaining([
        'states:ListExecutions.statusFilter RUNNING',
        'secretsmanager:ListSecrets.Filters.Key name',
        'dynamodb:TransactWriteItems.TransactItems.Put.ReturnValuesOnConditionCheckFailure ALL_OLD',
        'lambda:Invoke.InvocationType Event',
      ]),
    );
    expect(notEmulated).toEqual([
      'secretsmanager:ListSecrets.Filters.Key all',
      'secretsmanager:ListSecrets.Filters.Key owning-service',
      'secretsmanager:ListSecrets.Filters.Key primary-region',
      'states:ListExecutions.statusFilter PENDING_REDRIVE',
      'lambda:Invoke.InvocationType DryRun',
      'kms:Decrypt.EncryptionAlgorithm RSAES_OAEP_SHA_1',
      'kms:Decrypt.EncryptionAlgorithm RSAES_OAEP_SHA_256',
      'kms:Decrypt.EncryptionAlgorithm SM2PKE',
      'dynamodb:UpdateItem.ReturnValues UPDATED_NEW',
      'dynamodb:UpdateItem.ReturnValues UPDATED_OLD',
    ]);
  });

  it('have no member that the sandbox ignores', () => {
    expect(findings().ignored).toEqual([]);
  });
});
