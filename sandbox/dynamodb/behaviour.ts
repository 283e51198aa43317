/** What Amazon DynamoDB leaves open; the defaults are the worse case for a caller. */
export interface DynamoDbBehaviour {
  /** How long a read without ConsistentRead returns the item as it was before a write, in ms. Default 1000. */
  readonly eventualReadLagMs: number;
  /**
   * When an item is deleted whose time to live is over: two days later, until when it can be read as before, or at
   * once. Default `late`.
   */
  readonly expiredItems: 'late' | 'prompt';
}

/** See {@link DynamoDbBehaviour}. */
export const defaultBehaviour: DynamoDbBehaviour = { eventualReadLagMs: 1000, expiredItems: 'late' };
