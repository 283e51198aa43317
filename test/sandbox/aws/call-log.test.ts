import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { object } from 'valibot';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../sandbox/aws/aws-error.ts';
import { CallLog } from '../../../sandbox/aws/call-log.ts';
import { ConnectionDropped } from '../../../sandbox/aws/interruptions.ts';
import { type AwsService, noPermissions, operation } from '../../../sandbox/aws/service.ts';
import { Clock } from '../../../sandbox/clock.ts';
import { serveAws } from '../../helpers/aws-endpoint.ts';

function services(decrypt: () => object): AwsService[] {
  return [
    { id: 'kms', operations: { Decrypt: operation(object({}), decrypt, noPermissions) } },
    {
      id: 'secretsmanager',
      operations: {
        GetSecretValue: operation(object({}), () => ({ SecretString: 'SENTINEL' }), noPermissions),
      },
    },
  ];
}

const decryptCommand = new DecryptCommand({ CiphertextBlob: Buffer.from('blob') });

describe('CallLog', () => {
  it('records caller and operation in order of arrival, without values', async () => {
    const clock = new Clock();
    clock.advance(86_400_000);
    const log = new CallLog(clock);
    const aws = await serveAws(
      services(() => ({})),
      { interceptors: [log.interceptor] },
    );
    const credentials = aws.identities.issueRole({
      roleArn: 'arn:aws:iam::111122223333:role/store-role',
      sessionName: 'store-pending',
      functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:store-pending',
    });

    await new SecretsManagerClient(aws.client).send(new GetSecretValueCommand({ SecretId: 'genesys' }));
    await new KMSClient({ ...aws.client, credentials }).send(decryptCommand);

    expect(log.calls()).toEqual([
      {
        service: 'secretsmanager',
        operation: 'GetSecretValue',
        callerArn: 'arn:aws:iam::111122223333:user/operator',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      },
      {
        service: 'kms',
        operation: 'Decrypt',
        callerArn: 'arn:aws:sts::111122223333:assumed-role/store-role/store-pending',
        functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:store-pending',
        at: expect.any(String),
      },
    ]);
    expect(JSON.stringify(log.calls())).not.toContain('SENTINEL');
    // The sandbox's clock is one day ahead of the machine's.
    expect(Date.parse(log.calls()[0]?.at ?? '')).toBeGreaterThan(Date.now() + 80_000_000);
  });

  it('counts calls by service and operation, including refused ones', async () => {
    const log = new CallLog(new Clock());
    const aws = await serveAws(
      services(() => {
        throw new AwsError('DisabledException', 'is disabled.');
      }),
      { interceptors: [log.interceptor] },
    );
    const kms = new KMSClient(aws.client);

    await new SecretsManagerClient(aws.client).send(new GetSecretValueCommand({ SecretId: 'genesys' }));
    await expect(kms.send(decryptCommand)).rejects.toThrow();
    await expect(kms.send(decryptCommand)).rejects.toThrow();

    expect(log.counts()).toEqual({ 'kms:Decrypt': 2, 'secretsmanager:GetSecretValue': 1 });
  });

  it.each([
    { error: new AwsError('DisabledException', 'is disabled.'), errorType: 'DisabledException' },
    { error: new ConnectionDropped(), errorType: 'ConnectionDropped' },
    { error: new TypeError('a defect'), errorType: 'InternalFailure' },
  ])('records the error type $errorType', async ({ error, errorType }) => {
    const log = new CallLog(new Clock());
    const aws = await serveAws(
      services(() => {
        throw error;
      }),
      { interceptors: [log.interceptor] },
    );

    await expect(new KMSClient(aws.client).send(decryptCommand)).rejects.toThrow();

    expect(log.calls()).toMatchObject([{ operation: 'Decrypt', errorType }]);
  });

  it('keeps only the latest 10,000 calls, but counts all of them', async () => {
    const log = new CallLog(new Clock());
    const call = {
      service: 'kms',
      input: {},
      caller: { accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/operator', userId: 'AIDA' },
      requestId: 'c0ffee',
    };

    await log.interceptor({ ...call, operation: 'Encrypt' }, async () => ({}));
    for (let count = 0; count < 10_000; count += 1)
      await log.interceptor({ ...call, operation: 'Decrypt' }, async () => ({}));

    expect(log.calls()).toHaveLength(10_000);
    expect(log.calls()[0]?.operation).toBe('Decrypt');
    expect(log.counts()).toEqual({ 'kms:Decrypt': 10_000, 'kms:Encrypt': 1 });
  });
});
