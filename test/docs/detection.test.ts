import { describe, expect, it } from 'vitest';
import { eventMatcher } from '../../sandbox/events/event-pattern.ts';
import { textOf } from './pages.ts';

const [executions, sealKey, functions] = [
  ...textOf('docs/security.md').matchAll(/^```json\n(.*?)^```/gms),
].map(([, pattern = '']) => eventMatcher(JSON.parse(pattern)));

const SESSION = 'arn:aws:sts::111122223333:assumed-role';
const ROTATION = `${SESSION}/ROTATION_ROLE/genesys-token-rotation-rotation`;
const REFRESH = `${SESSION}/REFRESH_ROLE/genesys-token-rotation-refresh`;
const DEVELOPER = `${SESSION}/Developer/mallory`;
const SEAL_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/SEAL_KEY_ID';

/** An API call, as CloudTrail sends it to EventBridge. */
function call(source: string, eventName: string, arn: string, detail: object = {}): object {
  return {
    source,
    'detail-type': 'AWS API Call via CloudTrail',
    detail: { eventName, userIdentity: { type: 'AssumedRole', arn }, ...detail },
  };
}

describe('the event patterns in docs/security.md', () => {
  it.each(['StartExecution', 'RedriveExecution', 'StopExecution'])(
    'match %s by a developer, but not by the rotation function',
    eventName => {
      expect(executions?.(call('aws.states', eventName, DEVELOPER))).toBe(true);
      expect(executions?.(call('aws.states', eventName, ROTATION))).toBe(false);
    },
  );

  it.each(['Decrypt', 'GenerateDataKey', 'PutKeyPolicy', 'ScheduleKeyDeletion'])(
    'match %s on the seal key by a developer, but not by a function or on another key',
    eventName => {
      const resources = { ARN: SEAL_KEY };

      expect(sealKey?.(call('aws.kms', eventName, DEVELOPER, { resources }))).toBe(true);
      expect(sealKey?.(call('aws.kms', eventName, REFRESH, { resources }))).toBe(false);
      expect(sealKey?.(call('aws.kms', eventName, DEVELOPER, { resources: { ARN: 'other' } }))).toBe(false);
    },
  );

  it.each([
    'UpdateFunctionCode20150331v2',
    'UpdateFunctionConfiguration20150331v2',
    'AddPermission20150331v2',
  ])('match %s, but no reads', eventName => {
    expect(functions?.(call('aws.lambda', eventName, DEVELOPER))).toBe(true);
    expect(functions?.(call('aws.lambda', 'GetFunction20150331v2', DEVELOPER))).toBe(false);
  });
});
