import * as v from 'valibot';
import type { Account } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import { type AwsOperation, type AwsService, operation } from '../aws/service.ts';
import type { Clock } from '../clock.ts';

const LARGEST_PAGE = 50;
const ATTRIBUTE_KEYS = [
  'AccessKeyId',
  'EventId',
  'EventName',
  'EventSource',
  'ReadOnly',
  'ResourceName',
  'ResourceType',
  'Username',
] as const;

/** An event that a service reports of its own accord, as opposed to an API call. */
export interface ServiceEvent {
  readonly name: string;
  /** The service's host, e.g. `secretsmanager.amazonaws.com`. */
  readonly source: string;
  readonly requestId: string;
  readonly resource: { readonly type: string; readonly name: string };
  readonly additionalEventData: Readonly<Record<string, unknown>>;
  readonly errorMessage?: string;
}

/** A recorded event. */
export interface RecordedEvent extends ServiceEvent {
  readonly id: string;
  readonly at: Date;
}

/**
 * AWS CloudTrail's event history, emulated: the service events, not the API calls. Events can be looked up at
 * once; AWS takes some minutes.
 *
 * Source: AWS CloudTrail API Reference, LookupEvents; User Guide, "AWS service events".
 */
export class CloudTrail implements AwsService {
  readonly id = 'cloudtrail';
  readonly operations: Readonly<Record<string, AwsOperation>>;
  readonly #clock: Clock;
  readonly #account: Pick<Account, 'accountId' | 'region'>;
  readonly #events: RecordedEvent[] = [];
  readonly #listeners = new Set<(event: RecordedEvent) => void>();

  constructor(options: { clock: Clock } & Pick<Account, 'accountId' | 'region'>) {
    this.#clock = options.clock;
    this.#account = { accountId: options.accountId, region: options.region };
    this.operations = { LookupEvents: this.#lookupEvents() };
  }

  record(event: ServiceEvent): void {
    const recorded = { ...event, id: crypto.randomUUID(), at: this.#clock.now() };
    this.#events.push(recorded);
    for (const listener of this.#listeners) listener(recorded);
  }

  /** The events in the order in which they happened. */
  events(): readonly RecordedEvent[] {
    return [...this.#events];
  }

  /**
   * Calls `listener` with every event that is recorded.
   *
   * @returns ends the subscription
   */
  onEvent(listener: (event: RecordedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The whole event, as LookupEvents gives it as JSON. */
  #fullEvent(event: RecordedEvent): Readonly<Record<string, unknown>> {
    return {
      eventVersion: '1.08',
      userIdentity: { accountId: this.#account.accountId, invokedBy: event.source },
      eventTime: event.at.toISOString().replace(/\.\d{3}Z$/, 'Z'),
      eventSource: event.source,
      eventName: event.name,
      awsRegion: this.#account.region,
      sourceIPAddress: event.source,
      userAgent: event.source,
      errorMessage: event.errorMessage,
      requestParameters: null,
      responseElements: null,
      additionalEventData: event.additionalEventData,
      requestID: event.requestId,
      eventID: event.id,
      readOnly: false,
      eventType: 'AwsServiceEvent',
      managementEvent: true,
      recipientAccountId: this.#account.accountId,
      eventCategory: 'Management',
    };
  }

  #lookupEvents(): AwsOperation {
    return operation(
      v.object({
        LookupAttributes: v.optional(
          v.array(
            v.object({
              AttributeKey: v.picklist(ATTRIBUTE_KEYS),
              AttributeValue: v.string(),
            }),
          ),
          [],
        ),
        StartTime: v.optional(v.number()),
        EndTime: v.optional(v.number()),
        EventCategory: v.optional(v.never()),
        MaxResults: v.optional(v.pipe(v.number(), v.integer()), LARGEST_PAGE),
        NextToken: v.optional(v.string()),
      }),
      input => {
        if (input.LookupAttributes.length > 1) {
          throw new AwsError(
            'InvalidLookupAttributesException',
            'You can only provide one lookup attribute.',
          );
        }
        if (input.MaxResults < 1 || input.MaxResults > LARGEST_PAGE) {
          throw new AwsError('InvalidMaxResultsException', 'MaxResults must be between 1 and 50.');
        }
        const { StartTime = 0, EndTime = Number.POSITIVE_INFINITY } = input;
        if (StartTime > EndTime) {
          throw new AwsError('InvalidTimeRangeException', 'The start time is after the end time.');
        }
        const found = this.#events
          .filter(({ at }) => at.getTime() / 1000 >= StartTime && at.getTime() / 1000 <= EndTime)
          .filter(event =>
            input.LookupAttributes.every(
              ({ AttributeKey, AttributeValue }) => attributes(event)[AttributeKey] === AttributeValue,
            ),
          )
          .reverse();
        const start = input.NextToken === undefined ? 0 : found.findIndex(({ id }) => id === input.NextToken);
        if (start < 0) throw new AwsError('InvalidNextTokenException', 'The next token is not valid.');
        const next = found[start + input.MaxResults];
        return {
          Events: found.slice(start, start + input.MaxResults).map(event => this.#wireEvent(event)),
          ...(next === undefined ? {} : { NextToken: next.id }),
        };
      },
      () => [{ action: 'cloudtrail:LookupEvents', resource: '*' }],
    );
  }

  #wireEvent(event: RecordedEvent): object {
    return {
      EventId: event.id,
      EventName: event.name,
      ReadOnly: 'false',
      EventTime: event.at.getTime() / 1000,
      EventSource: event.source,
      Resources: [{ ResourceType: event.resource.type, ResourceName: event.resource.name }],
      CloudTrailEvent: JSON.stringify(this.#fullEvent(event)),
    };
  }
}

/** What an event can be looked up by; a service event has neither a user nor an access key. */
function attributes(event: RecordedEvent): Readonly<Record<string, string>> {
  return {
    EventId: event.id,
    EventName: event.name,
    EventSource: event.source,
    ReadOnly: 'false',
    ResourceName: event.resource.name,
    ResourceType: event.resource.type,
  };
}
