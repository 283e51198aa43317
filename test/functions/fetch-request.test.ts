import { describe, expect, it } from 'vitest';
import { type FetchRequest, parseFetchRequest } from '../../functions/fetch/fetch-request.ts';
import { InvalidRotationRequest } from '../../functions/shared/errors.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { BASE_VERSION, FOREIGN_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';

const EVENT = {
  input: {
    purpose: 'rotate',
    secretArn: SECRET_ARN,
    versionId: VERSION,
    sealedRotationToken: 'v1.a.b.c',
    recovered: null as object | null,
  },
  execution: 'arn:execution',
  state: 'Fetch',
};
const REQUEST: FetchRequest = {
  purpose: 'rotate',
  secretArn: SECRET_ARN,
  versionId: VERSION,
  recoveredBaseVersionId: null,
  execution: 'arn:execution',
  state: 'Fetch',
};

describe('fetch-request', () => {
  it('reads what the state Fetch hands over', () => {
    expect(parseFetchRequest(EVENT)).toEqual(REQUEST);
  });

  it('takes an execution without a RotationToken', () => {
    const event = { ...EVENT, input: { ...EVENT.input, sealedRotationToken: null } };

    expect(parseFetchRequest(event)).toEqual(REQUEST);
  });

  it('takes from recovered tokens the version that they came from', () => {
    const recovered = {
      baseVersionId: BASE_VERSION,
      sealedValue: 'v1.d.e.f',
      sealedVersionId: FOREIGN_VERSION,
    };
    const event = { ...EVENT, input: { ...EVENT.input, recovered } };

    expect(parseFetchRequest(event)).toEqual({ ...REQUEST, recoveredBaseVersionId: BASE_VERSION });
  });

  it.each(['baseVersionId', 'sealedValue', 'sealedVersionId'])(
    'refuses recovered tokens without %s, which a later state would miss',
    async key => {
      const recovered = {
        baseVersionId: BASE_VERSION,
        sealedValue: 'v1.d.e.f',
        sealedVersionId: FOREIGN_VERSION,
        [key]: undefined,
      };
      const event = { ...EVENT, input: { ...EVENT.input, recovered } };

      const error = await rejection(Promise.resolve().then(() => parseFetchRequest(event)));

      expect(error).toBeInstanceOf(InvalidRotationRequest);
      expect(error.message).toContain(key);
    },
  );

  it.each([
    ['purpose', { purpose: 'refresh' }],
    ['purpose', { purpose: undefined }],
    ['secretArn', { secretArn: undefined }],
    ['secretArn', { secretArn: '' }],
    ['versionId', { versionId: undefined }],
    ['versionId', { versionId: 7 }],
    ['sealedRotationToken', { sealedRotationToken: undefined }],
    ['sealedRotationToken', { sealedRotationToken: '' }],
    ['recovered', { recovered: undefined }],
    ['recovered', { recovered: 'v1.d.e.f' }],
  ])('refuses an execution whose input has no valid %s: %j', async (key, change) => {
    const event = { ...EVENT, input: { ...EVENT.input, ...change } };

    const error = await rejection(Promise.resolve().then(() => parseFetchRequest(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });

  it.each(['input', 'execution', 'state'])('refuses a request without %s', async key => {
    const event = { ...EVENT, [key]: undefined };

    const error = await rejection(Promise.resolve().then(() => parseFetchRequest(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});
