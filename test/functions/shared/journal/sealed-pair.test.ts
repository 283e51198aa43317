import {
  DecryptCommand,
  GenerateDataKeyCommand,
  InvalidCiphertextException,
  KMSClient,
} from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, it } from 'vitest';
import { InvalidRotationRequest } from '../../../../functions/shared/errors.ts';
import type { ExchangedPair } from '../../../../functions/shared/journal/journal.ts';
import { newSeal } from '../../../../functions/shared/journal/sealed-blob.ts';
import { openPair, pairSeal } from '../../../../functions/shared/journal/sealed-pair.ts';
import { mockAws } from '../../../helpers/aws-mock.ts';
import { CURRENT_FINGERPRINT, NEW_FINGERPRINT } from '../../../helpers/journal-items.ts';
import { expectNoSecrets, rejection } from '../../../helpers/no-secrets.ts';
import { mockKms, SEAL_KEY_ARN } from '../../../helpers/seal-keys.ts';
import { SECRET_ARN } from '../../../helpers/secret.ts';
import { SENTINELS } from '../../../helpers/secret-value.ts';

const TOKENS = {
  accessToken: SENTINELS.newAccessToken,
  refreshToken: SENTINELS.newRefreshToken,
  expiresAt: new Date('2026-07-02T08:00:00Z'),
};
const RESULT = {
  fingerprint: NEW_FINGERPRINT,
  issuedAt: new Date('2026-07-01T08:00:00Z'),
  exchangedFingerprint: CURRENT_FINGERPRINT,
  exchangeId: 'exchange-1',
};
const LINEAGE = CURRENT_FINGERPRINT;

describe('sealed-pair', () => {
  const kmsMock = mockAws(KMSClient);
  const key = { kms: new KMSClient(), sealKeyArn: SEAL_KEY_ARN };

  beforeEach(() => {
    kmsMock.reset();
    mockKms(kmsMock);
  });

  async function sealed(tokens: Parameters<Awaited<ReturnType<typeof pairSeal>>>[0] = TOKENS) {
    const seal = await pairSeal(key, SECRET_ARN, LINEAGE, 3);
    return seal(tokens, RESULT);
  }

  /** Seals this content under the context of a pair. */
  async function sealedContent(content: unknown): Promise<string> {
    const seal = await newSeal(key, {
      secretArn: SECRET_ARN,
      holds: 'token-pair',
      lineage: LINEAGE,
      generation: '3',
    });
    return seal.seal(typeof content === 'string' ? content : JSON.stringify(content));
  }

  it('seals a pair with its identity and the exchange that it results from', async () => {
    const pair = await sealed();

    expect(pair).toEqual({
      lineage: LINEAGE,
      generation: 3,
      fingerprint: NEW_FINGERPRINT,
      issuedAt: new Date('2026-07-01T08:00:00Z'),
      expiresAt: new Date('2026-07-02T08:00:00Z'),
      exchangedFingerprint: CURRENT_FINGERPRINT,
      exchangeId: 'exchange-1',
      sealedPair: expect.stringMatching(/^v1\./),
    } satisfies Record<keyof ExchangedPair, unknown>);
    expectNoSecrets(pair);
  });

  it('requests the data key first and seals without a further call', async () => {
    const seal = await pairSeal(key, SECRET_ARN, LINEAGE, 3);
    expect(kmsMock.commandCalls(GenerateDataKeyCommand).map(call => call.args[0].input)).toEqual([
      {
        KeyId: SEAL_KEY_ARN,
        KeySpec: 'AES_256',
        EncryptionContext: {
          secretArn: SECRET_ARN,
          holds: 'token-pair',
          lineage: LINEAGE,
          generation: '3',
        },
      },
    ]);
    kmsMock.reset();

    seal(TOKENS, RESULT);

    expect(kmsMock.calls()).toEqual([]);
  });

  it('throws when a second pair is sealed', async () => {
    const seal = await pairSeal(key, SECRET_ARN, LINEAGE, 3);
    seal(TOKENS, RESULT);

    expect(() => seal(TOKENS, RESULT)).toThrow('A data key can seal only one text.');
  });

  it('opens what it sealed', async () => {
    const pair = await sealed();

    const opened = await openPair(key, SECRET_ARN, pair);

    expect(opened).toEqual({ ...pair, tokens: TOKENS });
  });

  it('opens a pair without expiresAt', async () => {
    const { expiresAt: _unknown, ...withoutExpiry } = TOKENS;
    const pair = await sealed(withoutExpiry);

    const opened = await openPair(key, SECRET_ARN, pair);

    expect(pair.expiresAt).toBeUndefined();
    expect(opened.expiresAt).toBeUndefined();
    expect(opened.tokens).toEqual({
      accessToken: 'sentinel-new-access-token',
      refreshToken: 'sentinel-new-refresh-token',
    });
  });

  it.each([
    ['secret', `${SECRET_ARN}X`, { lineage: LINEAGE, generation: 3 }],
    ['lineage', SECRET_ARN, { lineage: NEW_FINGERPRINT, generation: 3 }],
    ['generation', SECRET_ARN, { lineage: LINEAGE, generation: 4 }],
  ])('does not open a pair for another %s', async (_what, secretArn, identity) => {
    const { sealedPair } = await sealed();

    const error = await rejection(openPair(key, secretArn, { ...identity, sealedPair }));

    expect(error).toBeInstanceOf(InvalidCiphertextException);
  });

  it('throws InvalidRotationRequest for a blob that is not a sealed pair', async () => {
    const error = await rejection(
      openPair(key, SECRET_ARN, { lineage: LINEAGE, generation: 3, sealedPair: 'v1.a.b' }),
    );

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(kmsMock.commandCalls(DecryptCommand)).toEqual([]);
  });

  const COMPLETE = { ...TOKENS, ...RESULT };

  it.each([
    ['text', SENTINELS.newRefreshToken],
    ['null', 'null'],
    ['an array', []],
    ['no accessToken', { ...COMPLETE, accessToken: undefined }],
    ['a refreshToken that is not a string', { ...COMPLETE, refreshToken: 7 }],
    ['no fingerprint', { ...COMPLETE, fingerprint: undefined }],
    ['no exchangedFingerprint', { ...COMPLETE, exchangedFingerprint: undefined }],
    ['no exchangeId', { ...COMPLETE, exchangeId: null }],
    ['no issuedAt', { ...COMPLETE, issuedAt: undefined }],
    ['an issuedAt that is not an instant', { ...COMPLETE, issuedAt: 'yesterday' }],
  ])('throws InvalidRotationRequest when the sealed content is %s', async (_what, content) => {
    const sealedPair = await sealedContent(content);

    const error = await rejection(openPair(key, SECRET_ARN, { lineage: LINEAGE, generation: 3, sealedPair }));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(SECRET_ARN);
  });

  it('ignores an expiresAt that is not an instant', async () => {
    const sealedPair = await sealedContent({ ...COMPLETE, expiresAt: 'tomorrow' });

    const opened = await openPair(key, SECRET_ARN, { lineage: LINEAGE, generation: 3, sealedPair });

    expect(opened.expiresAt).toBeUndefined();
    expect(opened.tokens).not.toHaveProperty('expiresAt');
  });
});
