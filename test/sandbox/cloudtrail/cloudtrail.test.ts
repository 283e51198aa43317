import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AwsCall, AwsOperation } from '../../../sandbox/aws/service.ts';
import { validated } from '../../../sandbox/aws/validation.ts';
import { Clock } from '../../../sandbox/clock.ts';
import { CloudTrail } from '../../../sandbox/cloudtrail/cloudtrail.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys-AbCdEf';
const CALL: AwsCall = {
  service: 'cloudtrail',
  operation: 'LookupEvents',
  input: {},
  caller: {
    accountId: '111122223333',
    arn: 'arn:aws:iam::111122223333:user/operator',
    userId: 'AIDAOPERATOR',
  },
  requestId: 'request-1',
};

interface Answer {
  readonly Events: readonly { EventName: string; CloudTrailEvent: string; EventTime: number }[];
  readonly NextToken?: string;
}

/** Three events, a minute apart. */
function trailWithEvents(): CloudTrail {
  const clock = new Clock();
  const trail = new CloudTrail({ clock, accountId: '111122223333', region: 'eu-central-1' });
  for (const name of ['RotationStarted', 'RotationFailed', 'RotationStarted']) {
    trail.record({
      name,
      source: 'secretsmanager.amazonaws.com',
      requestId: 'Rotation-1',
      resource: { type: 'AWS::SecretsManager::Secret', name: SECRET_ARN },
      additionalEventData: { SecretId: SECRET_ARN },
      ...(name === 'RotationFailed' ? { errorMessage: 'why' } : {}),
    });
    clock.advance(60_000);
  }
  return trail;
}

async function lookUp(trail: CloudTrail, input: object): Promise<Answer> {
  const lookupEvents: AwsOperation | undefined = trail.operations.LookupEvents;
  if (lookupEvents === undefined) throw new Error('No operation LookupEvents.');
  return (await lookupEvents.run(validated(lookupEvents.schema, input), CALL)) as Answer;
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-03-02T10:30:00Z') });
  onTestFinished(() => {
    vi.useRealTimers();
  });
});

describe('CloudTrail', () => {
  it('keeps events in their order', () => {
    const names = trailWithEvents()
      .events()
      .map(({ name }) => name);

    expect(names).toEqual(['RotationStarted', 'RotationFailed', 'RotationStarted']);
  });

  it('answers the newest event first', async () => {
    const { Events } = await lookUp(trailWithEvents(), {});

    expect(Events.map(({ EventTime }) => EventTime)).toEqual([1772447520, 1772447460, 1772447400]);
  });

  it('gives an event the shape of a service event', async () => {
    const { Events } = await lookUp(trailWithEvents(), {
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'RotationFailed' }],
    });

    expect(Events).toHaveLength(1);
    expect(JSON.parse(Events[0]?.CloudTrailEvent ?? '')).toMatchObject({
      eventType: 'AwsServiceEvent',
      eventSource: 'secretsmanager.amazonaws.com',
      eventName: 'RotationFailed',
      eventTime: '2026-03-02T10:31:00Z',
      awsRegion: 'eu-central-1',
      errorMessage: 'why',
      additionalEventData: { SecretId: SECRET_ARN },
      requestID: 'Rotation-1',
    });
  });

  it.each([
    [{ LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: SECRET_ARN }] }, 3],
    [{ LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'other' }] }, 0],
    [{ LookupAttributes: [{ AttributeKey: 'Username', AttributeValue: 'operator' }] }, 0],
    [{ StartTime: 1772447460 }, 2],
    [{ EndTime: 1772447459 }, 1],
  ])('finds with %j as many events: %i', async (input, count) => {
    const { Events } = await lookUp(trailWithEvents(), input);

    expect(Events).toHaveLength(count);
  });

  it('answers pages', async () => {
    const trail = trailWithEvents();

    const first = await lookUp(trail, { MaxResults: 2 });
    const second = await lookUp(trail, { MaxResults: 2, NextToken: first.NextToken });

    expect(first.Events).toHaveLength(2);
    expect(second.Events).toMatchObject([{ EventTime: 1772447400 }]);
    expect(second).not.toHaveProperty('NextToken');
  });

  it.each([
    [
      'InvalidLookupAttributesException',
      {
        LookupAttributes: [
          { AttributeKey: 'EventName', AttributeValue: 'a' },
          { AttributeKey: 'EventId', AttributeValue: 'b' },
        ],
      },
    ],
    ['InvalidMaxResultsException', { MaxResults: 51 }],
    ['InvalidTimeRangeException', { StartTime: 2, EndTime: 1 }],
    ['InvalidNextTokenException', { NextToken: 'bogus' }],
  ])('refuses with %s: %j', async (type, input) => {
    await expect(lookUp(trailWithEvents(), input)).rejects.toMatchObject({ name: 'AwsError', type });
  });
});
