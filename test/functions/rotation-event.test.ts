import { describe, expect, it } from 'vitest';
import { parseRotationEvent } from '../../functions/rotation/rotation-event.ts';
import { InvalidRotationRequest } from '../../functions/shared/errors.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { SENTINELS } from '../helpers/secret-value.ts';

const EVENT = {
  Step: 'createSecret',
  SecretId: SECRET_ARN,
  ClientRequestToken: VERSION,
  RotationToken: SENTINELS.rotationToken,
};

describe('rotation-event', () => {
  it.each(['createSecret', 'setSecret', 'testSecret', 'finishSecret'])('reads the event of %s', step => {
    expect(parseRotationEvent({ ...EVENT, Step: step })).toEqual({
      step,
      secretId: SECRET_ARN,
      clientRequestToken: VERSION,
      rotationToken: 'sentinel-rotation-token',
    });
  });

  it.each([undefined, null, '', 42])('accepts a missing RotationToken: %j', token => {
    const event = parseRotationEvent({ ...EVENT, RotationToken: token });

    expect(event.rotationToken).toBeUndefined();
  });

  it.each([
    ['Step', undefined],
    ['Step', ''],
    ['Step', 'CreateSecret'],
    ['Step', 'deleteSecret'],
    ['Step', SENTINELS.rotationToken],
    ['SecretId', undefined],
    ['SecretId', ''],
    ['SecretId', 7],
    ['ClientRequestToken', undefined],
    ['ClientRequestToken', ''],
    ['ClientRequestToken', { token: SENTINELS.rotationToken }],
  ])('refuses an event whose %s is %j without quoting it', async (key, value) => {
    const event = { ...EVENT, [key]: value };

    const error = await rejection(Promise.resolve().then(() => parseRotationEvent(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });

  it.each([undefined, null, 'createSecret', [EVENT]])(
    'refuses an event that is not an object',
    async event => {
      const error = await rejection(Promise.resolve().then(() => parseRotationEvent(event)));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
    },
  );
});
