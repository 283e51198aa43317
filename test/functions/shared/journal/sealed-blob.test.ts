import {
  DecryptCommand,
  GenerateDataKeyCommand,
  InvalidCiphertextException,
  KMSClient,
} from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, it } from 'vitest';
import { InvalidRotationRequest } from '../../../../functions/shared/errors.ts';
import { newSeal, openSeal, type SealContext } from '../../../../functions/shared/journal/sealed-blob.ts';
import { mockAws } from '../../../helpers/aws-mock.ts';
import { CURRENT_FINGERPRINT, NEW_FINGERPRINT } from '../../../helpers/journal-items.ts';
import { expectNoSecrets, rejection } from '../../../helpers/no-secrets.ts';
import { mockKms, SEAL_KEY_ARN } from '../../../helpers/seal-keys.ts';
import { SECRET_ARN, VERSION } from '../../../helpers/secret.ts';
import { SENTINELS } from '../../../helpers/secret-value.ts';

const CONTEXT: SealContext = {
  secretArn: SECRET_ARN,
  holds: 'token-pair',
  lineage: CURRENT_FINGERPRINT,
  generation: '3',
};

describe('sealed-blob', () => {
  const kmsMock = mockAws(KMSClient);
  const key = { kms: new KMSClient(), sealKeyArn: SEAL_KEY_ARN };

  beforeEach(() => {
    kmsMock.reset();
    mockKms(kmsMock);
  });

  async function sealed(plaintext: string = SENTINELS.newRefreshToken): Promise<string> {
    const seal = await newSeal(key, CONTEXT);
    return seal.seal(plaintext);
  }

  /** The blob with one of its parts (format, data key, initialisation vector, ciphertext) replaced. */
  function withPart(blob: string, index: number, part: string): string {
    return blob.split('.').with(index, part).join('.');
  }

  it.each(['', SENTINELS.newRefreshToken, 'é🔑', 'x'.repeat(65_536)])(
    'opens what it sealed',
    async plaintext => {
      const blob = await sealed(plaintext);

      expect(await openSeal(key, CONTEXT, blob)).toBe(plaintext);
    },
  );

  it('requests a 256-bit data key that is bound to secret, content, lineage and generation', async () => {
    const blob = await sealed();
    await openSeal(key, CONTEXT, blob);

    expect(kmsMock.commandCalls(GenerateDataKeyCommand)[0]?.args[0].input).toEqual({
      KeyId: SEAL_KEY_ARN,
      KeySpec: 'AES_256',
      EncryptionContext: {
        secretArn: SECRET_ARN,
        holds: 'token-pair',
        lineage: 'b481967a6fcd9fcecd30c8f996731870849a763d5a22ba6a4df67e356f622145',
        generation: '3',
      },
    });
    expect(kmsMock.commandCalls(DecryptCommand)[0]?.args[0].input).toMatchObject({
      KeyId: SEAL_KEY_ARN,
      EncryptionContext: {
        secretArn: SECRET_ARN,
        holds: 'token-pair',
        lineage: 'b481967a6fcd9fcecd30c8f996731870849a763d5a22ba6a4df67e356f622145',
        generation: '3',
      },
    });
  });

  it('seals without a further call, so that nothing can fail after the data key is generated', async () => {
    const seal = await newSeal(key, CONTEXT);
    kmsMock.reset();

    seal.seal(SENTINELS.newRefreshToken);

    expect(kmsMock.calls()).toEqual([]);
  });

  it('throws on a second call, because the key is wiped', async () => {
    const seal = await newSeal(key, CONTEXT);
    seal.seal('first');

    expect(() => seal.seal('second')).toThrow('A data key can seal only one text.');
  });

  it('reveals nothing of its content', async () => {
    const blob = await sealed();

    expect(blob).toMatch(/^v1(\.[\w-]+){3}$/);
    expectNoSecrets([
      blob,
      ...blob.split('.').map(part => Buffer.from(part, 'base64url').toString('latin1')),
    ]);
  });

  it('seals the same text differently each time', async () => {
    expect(await sealed('text')).not.toBe(await sealed('text'));
  });

  it('wipes the data key once it has sealed or opened', async () => {
    const keys: Uint8Array[] = [];
    const dataKey = (): Uint8Array => {
      const bytes = new Uint8Array(32).fill(7);
      keys.push(bytes);
      return bytes;
    };
    kmsMock.on(GenerateDataKeyCommand).callsFake(() => ({
      Plaintext: dataKey(),
      CiphertextBlob: new Uint8Array(8),
    }));
    kmsMock.on(DecryptCommand).callsFake(() => ({ Plaintext: dataKey() }));

    const opened = await openSeal(key, CONTEXT, await sealed('text'));

    expect(opened).toBe('text');
    expect(keys).toEqual([new Uint8Array(32), new Uint8Array(32)]);
  });

  it.each<[string, SealContext]>([
    ['secret', { ...CONTEXT, secretArn: `${SECRET_ARN}X` }],
    ['lineage', { ...CONTEXT, lineage: NEW_FINGERPRINT }],
    ['generation', { ...CONTEXT, generation: '4' }],
    ['content', { secretArn: SECRET_ARN, holds: 'rotation-token', versionId: VERSION }],
  ])('does not open for another %s', async (_what, context) => {
    const blob = await sealed();

    const error = await rejection(openSeal(key, context, blob));

    expect(error).toBeInstanceOf(InvalidCiphertextException);
  });

  it('does not open for another generation even if KMS allowed it', async () => {
    const dataKey = new Uint8Array(32).fill(7);
    kmsMock.on(GenerateDataKeyCommand).callsFake(() => ({
      Plaintext: Uint8Array.from(dataKey),
      CiphertextBlob: new Uint8Array(8),
    }));
    kmsMock.on(DecryptCommand).callsFake(() => ({ Plaintext: Uint8Array.from(dataKey) }));
    const blob = await sealed();

    const error = await rejection(openSeal(key, { ...CONTEXT, generation: '4' }, blob));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
  });

  it.each([
    ['ciphertext', 3, (part: string) => flipFirst(part)],
    ['authentication tag', 3, (part: string) => flipLast(part)],
    ['initialisation vector', 2, (part: string) => flipFirst(part)],
    ['length of the ciphertext', 3, (part: string) => part.slice(0, -4)],
  ])('throws InvalidRotationRequest when the %s was altered', async (_what, index, alter) => {
    const blob = await sealed();
    const altered = withPart(blob, index, alter(blob.split('.')[index] ?? ''));

    const error = await rejection(openSeal(key, CONTEXT, altered));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(SECRET_ARN);
    expect(error.message).toContain('token-pair');
  });

  it('does not open when the data key was altered', async () => {
    const altered = withPart(await sealed(), 1, 'AAAA');

    const error = await rejection(openSeal(key, CONTEXT, altered));

    expect(error).toBeInstanceOf(InvalidCiphertextException);
  });

  it.each<[string, (blob: string) => string]>([
    ['text', () => SENTINELS.newRefreshToken],
    ['an empty string', () => ''],
    ['another format', blob => withPart(blob, 0, 'v2')],
    ['a missing part', blob => blob.slice(0, blob.lastIndexOf('.'))],
    ['an extra part', blob => `${blob}.AAAA`],
    ['no data key', blob => withPart(blob, 1, '')],
    ['an initialisation vector of another length', blob => withPart(blob, 2, 'AAAA')],
    ['less than an authentication tag', blob => withPart(blob, 3, 'AAAA')],
  ])('throws InvalidRotationRequest for %s without calling KMS', async (_what, alter) => {
    const blob = alter(await sealed());

    const error = await rejection(openSeal(key, CONTEXT, blob));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(kmsMock.commandCalls(DecryptCommand)).toEqual([]);
  });

  it.each([
    { Plaintext: undefined, CiphertextBlob: new Uint8Array(8) },
    { Plaintext: new Uint8Array(32), CiphertextBlob: undefined },
  ])('throws when KMS responds without a data key: %j', async response => {
    kmsMock.on(GenerateDataKeyCommand).resolves(response);

    const error = await rejection(newSeal(key, CONTEXT));

    expect(error.message).toContain('KMS');
  });

  it('does not open when KMS responds without a data key', async () => {
    const blob = await sealed();
    kmsMock.on(DecryptCommand).resolves({});

    const error = await rejection(openSeal(key, CONTEXT, blob));

    expect(error.message).toContain('KMS');
  });
});

function flipFirst(part: string): string {
  return (part.startsWith('A') ? 'B' : 'A') + part.slice(1);
}

/** Changes the second-to-last character, because some bits of the last one are padding. */
function flipLast(part: string): string {
  return part.slice(0, -2) + (part.at(-2) === 'A' ? 'B' : 'A') + part.slice(-1);
}
