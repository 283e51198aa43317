import { describe, expect, it } from 'vitest';
import { parseNotificationEvent } from '../../functions/notify/notification-event.ts';
import { InvalidRotationRequest } from '../../functions/shared/errors.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { SENTINELS } from '../helpers/secret-value.ts';
import { EXECUTION } from '../helpers/task-requests.ts';

function executionEvent(detail: object = {}, event: object = {}): object {
  return {
    version: '0',
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    time: '2026-07-01T08:00:10Z',
    detail: {
      executionArn: EXECUTION,
      status: 'FAILED',
      stopDate: Date.parse('2026-07-01T08:00:09Z'),
      input: JSON.stringify({
        purpose: 'rotate',
        secretArn: SECRET_ARN,
        versionId: VERSION,
        sealedRotationToken: SENTINELS.rotationToken,
      }),
      redriveCount: 2,
      ...detail,
    },
    ...event,
  };
}

describe('notification-event', () => {
  it.each([
    ['FAILED', false],
    ['TIMED_OUT', false],
    ['ABORTED', false],
    ['SUCCEEDED', true],
  ])('reads an execution that closed as %s', (status, succeeded) => {
    expect(parseNotificationEvent(executionEvent({ status }))).toEqual({
      executionArn: EXECUTION,
      succeeded,
      redriveCount: 2,
      closedAt: new Date('2026-07-01T08:00:09Z'),
      rotation: { purpose: 'rotate', secretArn: SECRET_ARN, versionId: VERSION },
      lostAlternate: false,
    });
  });

  it.each([
    ['{"versions":{"lostAlternate":true}}', true],
    ['{"versions":{"lostAlternate":false}}', false],
    ['{"versions":null}', false],
    ['{}', false],
    ['broken', false],
    [null, false],
    [undefined, false],
  ])('reads from the output %j whether the alternate grant was lost: %s', (output, lost) => {
    const event = executionEvent({ status: 'SUCCEEDED', output });

    expect(parseNotificationEvent(event)).toMatchObject({ lostAlternate: lost });
  });

  it('accepts an event without optional members', () => {
    const event = executionEvent({ redriveCount: undefined, stopDate: null, input: null });

    expect(parseNotificationEvent(event)).toMatchObject({
      redriveCount: undefined,
      closedAt: undefined,
      rotation: undefined,
    });
  });

  it.each([
    ['text', 'text', 'event'],
    ['another source', executionEvent({}, { source: 'aws.secretsmanager' }), 'source'],
    ['another kind of execution event', executionEvent({}, { 'detail-type': 'Other' }), 'detail-type'],
    ['no detail', executionEvent({}, { detail: undefined }), 'detail'],
    ['no execution', executionEvent({ executionArn: undefined }), 'executionArn'],
    ['a running execution', executionEvent({ status: 'RUNNING' }), 'status'],
  ])('refuses %s', async (_what, event, member) => {
    const error = await rejection(Promise.resolve().then(() => parseNotificationEvent(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(member);
  });
});
