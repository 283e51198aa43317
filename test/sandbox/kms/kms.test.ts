import {
  DecryptCommand,
  DescribeKeyCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../functions/shared/durations.ts';
import { Clock } from '../../../sandbox/clock.ts';
import type { JsonObject } from '../../../sandbox/json.ts';
import { Kms } from '../../../sandbox/kms/kms.ts';
import { ACCOUNT_ID, REGION, serveAws } from '../../helpers/aws-endpoint.ts';
import { sendSigned } from '../../helpers/signed-request.ts';

const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const KEY_ARN = `arn:aws:kms:eu-central-1:111122223333:key/${KEY_ID}`;
const OTHER_KEY_ID = '0987dcba-09fe-87dc-65ba-ab0987654321';
const CONTEXT = { secretArn: 'arn', versionId: 'v1', holds: 'secret-value' };

/** KMS with one key, `alias/seal`, and the real client. */
async function setUp(key: { enableKeyRotation?: boolean } = {}) {
  const clock = new Clock();
  const policies = new Map<string, JsonObject>([[KEY_ARN, { Version: '2012-10-17', Statement: [] }]]);
  const kms = new Kms({
    clock,
    accountId: ACCOUNT_ID,
    region: REGION,
    partition: 'aws',
    policies: {
      policyOf: keyArn => policies.get(keyArn) ?? {},
      replacePolicy: (keyArn, policy) => void policies.set(keyArn, policy),
    },
  });
  kms.createKey({ keyId: KEY_ID, ...key });
  kms.createAlias('alias/seal', KEY_ID);
  const aws = await serveAws([kms]);
  return { clock, kms, policies, aws, client: new KMSClient(aws.client) };
}

function generate(client: KMSClient, context: Record<string, string> = CONTEXT) {
  return client.send(
    new GenerateDataKeyCommand({ KeyId: KEY_ID, KeySpec: 'AES_256', EncryptionContext: context }),
  );
}

describe('Kms', () => {
  describe('GenerateDataKey', () => {
    it('returns the data key, its ciphertext, the ARN of the key and the id of its material', async () => {
      const { client } = await setUp();

      const dataKey = await client.send(
        new GenerateDataKeyCommand({ KeyId: 'alias/seal', KeySpec: 'AES_256' }),
      );

      expect(dataKey.Plaintext).toHaveLength(32);
      expect(dataKey.KeyId).toBe(KEY_ARN);
      expect(dataKey.KeyMaterialId).toMatch(/^[0-9a-f]{64}$/);
      expect(Buffer.from(dataKey.CiphertextBlob ?? []).toString('latin1')).toContain(KEY_ID);
    });

    it.each([{ KeySpec: 'AES_128', length: 16 } as const, { NumberOfBytes: 1024, length: 1024 } as const])(
      'returns a key of $length bytes',
      async ({ length, ...size }) => {
        const { client } = await setUp();

        const dataKey = await client.send(new GenerateDataKeyCommand({ KeyId: KEY_ID, ...size }));

        expect(dataKey.Plaintext).toHaveLength(length);
      },
    );

    it.each([{}, { KeySpec: 'AES_256', NumberOfBytes: 32 } as const])(
      'refuses the size %o, because exactly one member is required',
      async size => {
        const { client } = await setUp();

        const call = client.send(new GenerateDataKeyCommand({ KeyId: KEY_ID, ...size }));

        await expect(call).rejects.toMatchObject({
          name: 'ValidationException',
          message: 'Please specify either number of bytes or key spec.',
        });
      },
    );

    it.each([0, 1025])('refuses a key of %i bytes', async NumberOfBytes => {
      const { client } = await setUp();

      const call = client.send(new GenerateDataKeyCommand({ KeyId: KEY_ID, NumberOfBytes }));

      await expect(call).rejects.toMatchObject({ name: 'ValidationException' });
    });

    it('rejects a member that is not emulated, by name', async () => {
      const { client } = await setUp();

      const call = client.send(
        new GenerateDataKeyCommand({ KeyId: KEY_ID, KeySpec: 'AES_256', GrantTokens: ['grant'] }),
      );

      await expect(call).rejects.toMatchObject({
        message:
          "1 validation error detected: Value at 'grantTokens' failed to satisfy constraint: Member is not emulated by the sandbox",
      });
    });
  });

  describe('Decrypt', () => {
    it('returns the data key for the same pairs in any order', async () => {
      const { client } = await setUp();
      const dataKey = await generate(client, { a: '1', b: '2' });

      const decrypted = await client.send(
        new DecryptCommand({
          CiphertextBlob: dataKey.CiphertextBlob,
          EncryptionContext: { b: '2', a: '1' },
        }),
      );

      expect(decrypted.Plaintext).toEqual(dataKey.Plaintext);
      expect(decrypted).toMatchObject({
        KeyId: KEY_ARN,
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        KeyMaterialId: dataKey.KeyMaterialId,
      });
    });

    it.each<Record<'sealed' | 'opened', Record<string, string>>>([
      { sealed: { a: '1' }, opened: {} },
      { sealed: {}, opened: { a: '1' } },
      { sealed: { a: 'x' }, opened: { a: 'X' } },
      { sealed: { a: 'x' }, opened: { A: 'x' } },
      { sealed: { a: 'bc' }, opened: { ab: 'c' } },
      { sealed: { a: '1' }, opened: { a: '1', b: '2' } },
    ])('refuses the context $opened for a key generated with $sealed', async ({ sealed, opened }) => {
      const { client } = await setUp();
      const { CiphertextBlob } = await generate(client, sealed);

      const call = client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: opened }));

      await expect(call).rejects.toMatchObject({
        name: 'InvalidCiphertextException',
        $metadata: { httpStatusCode: 400 },
      });
    });

    it('returns InvalidCiphertextException without a message', async () => {
      const { aws } = await setUp();

      const response = await sendSigned(
        {
          url: aws.url,
          headers: { 'x-amz-target': 'TrentService.Decrypt' },
          body: JSON.stringify({ CiphertextBlob: Buffer.from('no ciphertext').toString('base64') }),
        },
        'kms',
        aws.accessKey,
      );

      expect(response.body).toBe('{"__type":"InvalidCiphertextException"}');
    });

    it.each([
      { part: 'material id', position: 40 },
      { part: 'nonce', position: 75 },
      { part: 'authentication tag', position: 90 },
      { part: 'data', position: 100 },
    ])('refuses a blob with a changed $part', async ({ position }) => {
      const { client } = await setUp();
      const blob = Buffer.from((await generate(client)).CiphertextBlob ?? []);
      blob.writeUInt8(blob.readUInt8(position) ^ 1, position);

      const call = client.send(new DecryptCommand({ CiphertextBlob: blob, EncryptionContext: CONTEXT }));

      await expect(call).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
    });

    it('refuses a truncated blob', async () => {
      const { client } = await setUp();
      const { CiphertextBlob } = await generate(client);

      const call = client.send(
        new DecryptCommand({ CiphertextBlob: CiphertextBlob?.subarray(0, 60), EncryptionContext: CONTEXT }),
      );

      await expect(call).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
    });

    it('refuses the KeyId of another key', async () => {
      const { kms, client } = await setUp();
      kms.createKey({ keyId: OTHER_KEY_ID });
      const { CiphertextBlob } = await generate(client);

      const call = client.send(
        new DecryptCommand({ CiphertextBlob, EncryptionContext: CONTEXT, KeyId: OTHER_KEY_ID }),
      );

      await expect(call).rejects.toMatchObject({
        name: 'IncorrectKeyException',
        message: 'The key ID in the request does not identify a CMK that can perform this operation.',
      });
    });

    it('does not distinguish an unknown key from one without permission', async () => {
      const { client } = await setUp();
      const elsewhere = await setUp();
      elsewhere.kms.createKey({ keyId: OTHER_KEY_ID });
      const { CiphertextBlob } = await elsewhere.client.send(
        new GenerateDataKeyCommand({ KeyId: OTHER_KEY_ID, KeySpec: 'AES_256' }),
      );

      const call = client.send(new DecryptCommand({ CiphertextBlob }));

      await expect(call).rejects.toMatchObject({
        name: 'AccessDeniedException',
        message:
          'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      });
    });
  });

  describe('finding keys', () => {
    it.each([
      KEY_ID,
      KEY_ARN,
      'alias/seal',
      'arn:aws:kms:eu-central-1:111122223333:alias/seal',
      'alias/another-name',
    ])('finds the key by %s', async KeyId => {
      const { kms, client } = await setUp();
      kms.createAlias('alias/another-name', KEY_ID);

      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));

      expect(KeyMetadata?.Arn).toBe(KEY_ARN);
      expect(kms.keyArn(KeyId)).toBe(KEY_ARN);
    });

    it.each([
      { KeyId: 'seal', message: "Invalid keyId 'seal'" },
      {
        KeyId: OTHER_KEY_ID,
        message: `Key 'arn:aws:kms:eu-central-1:111122223333:key/${OTHER_KEY_ID}' does not exist`,
      },
      {
        KeyId: `arn:aws:kms:eu-central-1:999999999999:key/${KEY_ID}`,
        message: `Key 'arn:aws:kms:eu-central-1:999999999999:key/${KEY_ID}' does not exist`,
      },
      { KeyId: `arn:aws:kms:us-west-2:111122223333:key/${KEY_ID}`, message: 'Invalid arn us-west-2' },
      {
        KeyId: 'alias/none',
        message: 'Alias arn:aws:kms:eu-central-1:111122223333:alias/none is not found.',
      },
    ])('returns NotFoundException for $KeyId', async ({ KeyId, message }) => {
      const { client } = await setUp();

      const call = client.send(new DescribeKeyCommand({ KeyId }));

      await expect(call).rejects.toMatchObject({ name: 'NotFoundException', message });
    });
  });

  describe('key states', () => {
    it.each([
      {
        state: 'disabled',
        change: (kms: Kms) => kms.disableKey(KEY_ID),
        error: { name: 'DisabledException', message: `${KEY_ARN} is disabled.` },
      },
      {
        state: 'pending deletion',
        change: (kms: Kms) => kms.scheduleKeyDeletion(KEY_ID),
        error: { name: 'KMSInvalidStateException', message: `${KEY_ARN} is pending deletion.` },
      },
    ])('refuses every use while the key is $state', async ({ change, error }) => {
      const { kms, client } = await setUp();
      const { CiphertextBlob } = await generate(client);
      change(kms);

      const uses = [
        generate(client),
        client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: CONTEXT })),
      ];

      for (const use of uses) await expect(use).rejects.toMatchObject(error);
    });

    it.each([
      { state: 'Enabled', change: () => {}, deletes: false },
      { state: 'Disabled', change: (kms: Kms) => kms.disableKey(KEY_ID), deletes: false },
      { state: 'PendingDeletion', change: (kms: Kms) => kms.scheduleKeyDeletion(KEY_ID, 7), deletes: true },
    ])('describes a key in the state $state', async ({ state, change, deletes }) => {
      const { kms, client } = await setUp();
      change(kms);

      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: KEY_ID }));

      expect(KeyMetadata).toMatchObject({
        AWSAccountId: '111122223333',
        KeyId: KEY_ID,
        KeyState: state,
        Enabled: state === 'Enabled',
        KeyUsage: 'ENCRYPT_DECRYPT',
        KeySpec: 'SYMMETRIC_DEFAULT',
      });
      expect(KeyMetadata?.CreationDate).toBeInstanceOf(Date);
      expect(KeyMetadata?.DeletionDate !== undefined).toBe(deletes);
    });

    it('makes a key usable again after its deletion is cancelled and it is enabled', async () => {
      const { kms, client } = await setUp();
      const { CiphertextBlob, Plaintext } = await generate(client);
      kms.scheduleKeyDeletion(KEY_ID);
      kms.cancelKeyDeletion(KEY_ID);
      await expect(generate(client)).rejects.toMatchObject({ name: 'DisabledException' });

      kms.enableKey(KEY_ID);

      const decrypted = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: CONTEXT }));
      expect(decrypted.Plaintext).toEqual(Plaintext);
    });

    it('deletes the key after its waiting period', async () => {
      const { clock, kms, client } = await setUp();
      kms.scheduleKeyDeletion(KEY_ID, 7);

      clock.advance(7 * DAY_MS);

      await expect(generate(client)).rejects.toMatchObject({ name: 'NotFoundException' });
    });
  });

  describe('rotation', () => {
    it('can still decrypt what earlier key material encrypted', async () => {
      const { kms, client } = await setUp();
      const before = await generate(client);

      kms.rotateKey(KEY_ID);

      const after = await generate(client);
      const decrypted = await client.send(
        new DecryptCommand({ CiphertextBlob: before.CiphertextBlob, EncryptionContext: CONTEXT }),
      );
      expect(after.KeyMaterialId).not.toBe(before.KeyMaterialId);
      expect(decrypted.Plaintext).toEqual(before.Plaintext);
    });

    it.each([
      { enableKeyRotation: true, days: 364, rotates: false },
      { enableKeyRotation: true, days: 366, rotates: true },
      { enableKeyRotation: false, days: 366, rotates: false },
    ])(
      'with enableKeyRotation $enableKeyRotation has new key material after $days days: $rotates',
      async ({ enableKeyRotation, days, rotates }) => {
        const { clock, client } = await setUp({ enableKeyRotation });
        const before = await generate(client);

        clock.advance(days * DAY_MS);

        const after = await generate(client);
        expect(after.KeyMaterialId !== before.KeyMaterialId).toBe(rotates);
      },
    );
  });

  describe('key policies', () => {
    it('are returned as JSON text', async () => {
      const { client } = await setUp();

      const { Policy, PolicyName } = await client.send(new GetKeyPolicyCommand({ KeyId: 'alias/seal' }));

      expect(PolicyName).toBe('default');
      expect(JSON.parse(Policy ?? '')).toEqual({ Version: '2012-10-17', Statement: [] });
    });

    it('are replaced', async () => {
      const { client, policies } = await setUp();
      const policy = { Version: '2012-10-17', Id: 'mine', Statement: [] };

      await client.send(new PutKeyPolicyCommand({ KeyId: KEY_ARN, Policy: JSON.stringify(policy) }));

      expect(policies.get(KEY_ARN)).toEqual(policy);
    });

    it.each(['{', '[]', 'null'])('are not replaced by %j', async Policy => {
      const { client } = await setUp();

      const call = client.send(new PutKeyPolicyCommand({ KeyId: KEY_ID, Policy }));

      await expect(call).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' });
    });
  });

  describe('ScheduleKeyDeletion', () => {
    it('returns the deletion date, and the key cannot be used any more', async () => {
      const { client } = await setUp();

      const scheduled = await client.send(
        new ScheduleKeyDeletionCommand({ KeyId: KEY_ID, PendingWindowInDays: 7 }),
      );

      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: KEY_ID }));
      expect(scheduled).toMatchObject({
        KeyId: KEY_ARN,
        KeyState: 'PendingDeletion',
        PendingWindowInDays: 7,
        DeletionDate: KeyMetadata?.DeletionDate,
      });
      await expect(generate(client)).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
      await expect(client.send(new ScheduleKeyDeletionCommand({ KeyId: KEY_ID }))).rejects.toMatchObject({
        name: 'KMSInvalidStateException',
      });
    });
  });
});
