import * as v from 'valibot';
import { enumeration } from '../aws/enumeration.ts';
import { type AwsOperation, operation } from '../aws/service.ts';
import { members, page } from './request-rules.ts';
import type { SecretState } from './secret.ts';
import { labelledVersions, secretMembers } from './secret-description.ts';
import type { SecretStore } from './secret-store.ts';

const FILTERED_FIELDS = {
  name: ({ name }) => [name],
  description: ({ description }) => (description === undefined ? [] : [description]),
  'tag-key': ({ tags }) => tags.map(tag => tag.Key),
  'tag-value': ({ tags }) => tags.map(tag => tag.Value),
} satisfies Record<string, (secret: SecretState) => string[]>;

const SORT_KEYS = {
  name: ({ name }) => name,
  'created-date': ({ createdAt }) => createdAt.getTime(),
  'last-changed-date': ({ lastChangedAt }) => lastChangedAt.getTime(),
  'last-accessed-date': ({ lastAccessedOn }) => lastAccessedOn?.getTime() ?? 0,
} satisfies Record<string, (secret: SecretState) => string | number>;

type FilterKey = keyof typeof FILTERED_FIELDS;

/**
 * The operation ListSecrets. All filters must match; a filter matches if any of its values does. A value matches by
 * prefix; a leading `!` negates it. The filters `primary-region`, `owning-service` and `all` are not emulated.
 *
 * Source: AWS Secrets Manager API Reference, ListSecrets and Filter.
 */
export function listSecrets(store: SecretStore): AwsOperation {
  return operation(
    v.object({
      Filters: v.optional(
        v.array(
          v.object({
            Key: enumeration(
              ['name', 'description', 'tag-key', 'tag-value'],
              ['primary-region', 'owning-service', 'all'],
            ),
            Values: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(10)),
          }),
        ),
        [],
      ),
      IncludePlannedDeletion: v.optional(v.boolean(), false),
      MaxResults: members.maxResults,
      NextToken: members.nextToken,
      SortBy: v.optional(
        v.picklist(['name', 'created-date', 'last-changed-date', 'last-accessed-date']),
        'created-date',
      ),
      SortOrder: v.optional(v.picklist(['asc', 'desc']), 'desc'),
    }),
    input => {
      const sortKey = SORT_KEYS[input.SortBy];
      const sign = input.SortOrder === 'asc' ? 1 : -1;
      const found = store.readable
        .all()
        .filter(secret => secret.deletionDate === undefined || input.IncludePlannedDeletion)
        .filter(secret => input.Filters.every(({ Key, Values }) => matches(secret, Key, Values)))
        .sort((a, b) => {
          const [keyOfA, keyOfB] = [sortKey(a), sortKey(b)];
          return keyOfA === keyOfB ? 0 : keyOfA < keyOfB ? -sign : sign;
        });
      const { items, ...next } = page(found, input);
      const SecretList = items.map(secret => ({
        ...secretMembers(secret),
        ...labelledVersions(secret, 'SecretVersionsToStages'),
      }));
      return { SecretList, ...next };
    },
    () => [{ action: 'secretsmanager:ListSecrets', resource: '*' }],
  );
}

/** Names and tags are case-sensitive, descriptions are not. */
function matches(secret: SecretState, key: FilterKey, values: readonly string[]): boolean {
  const fold = (text: string): string => (key === 'description' ? text.toLowerCase() : text);
  const texts = FILTERED_FIELDS[key](secret).map(fold);
  return values.some(value => {
    const isNegated = value.startsWith('!');
    const prefix = fold(isNegated ? value.slice(1) : value);
    return texts.some(text => text.startsWith(prefix)) !== isNegated;
  });
}
