import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HOUR_MS } from '../../../functions/shared/durations.ts';
import { AwsError } from '../../../sandbox/aws/aws-error.ts';
import { Clock } from '../../../sandbox/clock.ts';
import type { BusEvent, EventEntry } from '../../../sandbox/events/bus-event.ts';
import {
  EventBridge,
  type EventBridgeBehaviour,
  type RuleSpecification,
} from '../../../sandbox/events/event-bridge.ts';
import type { InvocationOrigin, InvokingService } from '../../../sandbox/lambda/invoker.ts';

const TARGET = 'arn:aws:lambda:eu-central-1:111122223333:function:notify';
const RULE_ARN = 'arn:aws:events:eu-central-1:111122223333:rule/failures';

interface Invoked {
  readonly functionArn: string;
  readonly event: BusEvent;
  readonly source: InvokingService;
  readonly origin: InvocationOrigin | undefined;
}

/** A bus on a virtual clock that records invocations instead of running functions. */
function openBus({
  refusal,
  behaviour,
}: {
  refusal?: Error;
  behaviour?: Partial<EventBridgeBehaviour>;
} = {}) {
  const clock = new Clock({ isVirtual: true });
  onTestFinished(() => clock.stop());
  const invoked: Invoked[] = [];
  const bus = new EventBridge({
    clock,
    accountId: '111122223333',
    region: 'eu-central-1',
    functions: {
      invokeEvent: async (functionArn, event, source, origin) => {
        if (refusal !== undefined) throw refusal;
        invoked.push({ functionArn, event: event as BusEvent, source, origin });
      },
    },
    behaviour,
  });
  const addRule = (changes: Partial<RuleSpecification>): void =>
    bus.createRule({ name: 'failures', arn: RULE_ARN, enabled: true, targetArns: [TARGET], ...changes });
  return { bus, clock, invoked, addRule };
}

function entry(changes: Partial<EventEntry> = {}): EventEntry {
  return {
    source: 'aws.states',
    detailType: 'Something Changed',
    at: new Date('2026-03-02T10:30:00.123Z'),
    resources: ['arn:changed'],
    detail: { status: 'FAILED', absent: undefined },
    ...changes,
  };
}

describe('a rule with an event pattern', () => {
  it('invokes its target with a matching event, as EventBridge', () => {
    const { bus, invoked, addRule } = openBus();
    addRule({ eventPattern: { source: ['aws.states'], detail: { status: ['FAILED'] } } });

    bus.put(entry());

    expect(invoked).toStrictEqual([
      {
        functionArn: TARGET,
        event: {
          version: '0',
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          'detail-type': 'Something Changed',
          source: 'aws.states',
          account: '111122223333',
          time: '2026-03-02T10:30:00Z',
          region: 'eu-central-1',
          resources: ['arn:changed'],
          detail: { status: 'FAILED' },
        },
        source: 'events.amazonaws.com',
        origin: { sourceArn: RULE_ARN },
      },
    ]);
  });

  it('ignores events that do not match', () => {
    const { bus, invoked, addRule } = openBus();
    addRule({ eventPattern: { source: ['aws.secretsmanager'] } });

    bus.put(entry());

    expect(invoked).toStrictEqual([]);
  });

  it('does nothing while it is disabled', () => {
    const { bus, invoked, addRule } = openBus();
    addRule({ enabled: false, eventPattern: { source: ['aws.states'] } });

    bus.put(entry());

    expect(invoked).toStrictEqual([]);
  });

  it('invokes each of its targets', () => {
    const { bus, invoked, addRule } = openBus();
    addRule({ eventPattern: { source: ['aws.states'] }, targetArns: [TARGET, `${TARGET}:live`] });

    bus.put(entry());

    expect(invoked.map(({ functionArn }) => functionArn)).toStrictEqual([TARGET, `${TARGET}:live`]);
  });

  it('drops an event that Lambda refuses, and records why', async () => {
    const { bus, addRule } = openBus({
      refusal: new AwsError('AccessDeniedException', 'no', { statusCode: 403 }),
    });
    addRule({ eventPattern: { source: ['aws.states'] } });

    bus.put(entry());
    await setImmediate();

    expect(bus.deliveries()).toMatchObject([
      { ruleArn: RULE_ARN, targetArn: TARGET, errorType: 'AccessDeniedException' },
    ]);
  });
});

describe('a rule with a schedule', () => {
  it.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(1 hour)', HOUR_MS],
    ['rate(2 days)', 48 * HOUR_MS],
  ])('runs after each interval of %s', (scheduleExpression, intervalMs) => {
    const { clock, invoked, addRule } = openBus();
    addRule({ scheduleExpression });

    clock.advance(intervalMs - 1);
    const before = invoked.length;
    clock.advance(1);
    const afterOne = invoked.length;
    clock.advance(2 * intervalMs);

    expect([before, afterOne, invoked.length]).toStrictEqual([0, 1, 3]);
  });

  it('invokes its target with a scheduled event', () => {
    const { clock, invoked, addRule } = openBus();
    addRule({ scheduleExpression: 'rate(1 hour)' });

    clock.advance(HOUR_MS);

    expect(invoked).toMatchObject([
      {
        event: {
          'detail-type': 'Scheduled Event',
          source: 'aws.events',
          time: clock
            .now()
            .toISOString()
            .replace(/\.\d+Z/, 'Z'),
          resources: [RULE_ARN],
          detail: {},
        },
        source: 'events.amazonaws.com',
        origin: { sourceArn: RULE_ARN },
      },
    ]);
  });

  it('does nothing while it is disabled', () => {
    const { clock, invoked, addRule } = openBus();
    addRule({ enabled: false, scheduleExpression: 'rate(1 hour)' });

    clock.advance(24 * HOUR_MS);

    expect(invoked).toStrictEqual([]);
  });

  it('stops with the clock', () => {
    const { clock, invoked, addRule } = openBus();
    addRule({ scheduleExpression: 'rate(1 hour)' });

    clock.stop();
    clock.advance(24 * HOUR_MS);

    expect(invoked).toStrictEqual([]);
  });
});

describe('a rule', () => {
  it.each([
    ['a cron expression', { scheduleExpression: 'cron(0 12 * * ? *)' }, 'cron(0 12 * * ? *)'],
    [
      'a target that is not a function',
      { eventPattern: { source: ['a'] }, targetArns: ['arn:aws:sns:eu-central-1:111122223333:topic'] },
      'arn:aws:sns:eu-central-1:111122223333:topic',
    ],
    ['a filter that is not emulated', { eventPattern: { source: [{ numeric: ['=', 1] }] } }, 'numeric'],
  ])('is refused with %s, which the error names', (_what, changes, name) => {
    const { addRule } = openBus();

    const add = () => addRule(changes);

    expect(add).toThrow(
      expect.objectContaining({ name: 'RuleNotEmulated', message: expect.stringContaining(name) }),
    );
  });

  it.each(['rate(1 hours)', 'rate(2 hour)', 'rate(0 hours)', 'rate(1 second)', 'every hour'])(
    'is refused with the schedule %s, which EventBridge rejects',
    scheduleExpression => {
      const { addRule } = openBus();

      const add = () => addRule({ scheduleExpression });

      expect(add).toThrow(expect.objectContaining({ name: 'InvalidScheduleExpression' }));
    },
  );
});

describe('a listener of the bus', () => {
  it('receives every event, whether or not a rule matches, until it unsubscribes', () => {
    const { bus } = openBus();
    const received: string[] = [];
    const stop = bus.onEvent(event => received.push(event['detail-type']));

    bus.put(entry());
    stop();
    bus.put(entry());

    expect(received).toStrictEqual(['Something Changed']);
  });
});
