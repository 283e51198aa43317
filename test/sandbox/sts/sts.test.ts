import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { sts } from '../../../sandbox/sts/sts.ts';
import { serveAws } from '../../helpers/aws-endpoint.ts';
import { send } from '../../helpers/signed-request.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('sts', () => {
  it('returns the role of a function', async () => {
    const aws = await serveAws([sts]);
    const credentials = aws.identities.issueRole({
      roleArn: 'arn:aws:iam::111122223333:role/refresh-role',
      sessionName: 'refresh',
    });

    const identity = await new STSClient({ ...aws.client, credentials }).send(
      new GetCallerIdentityCommand({}),
    );

    expect(identity).toMatchObject({
      Account: '111122223333',
      Arn: 'arn:aws:sts::111122223333:assumed-role/refresh-role/refresh',
      UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:refresh$/),
    });
  });

  it('escapes names for XML', async () => {
    const aws = await serveAws([sts]);
    const credentials = aws.identities.issueUser('<a&b>');

    const identity = await new STSClient({ ...aws.client, credentials }).send(
      new GetCallerIdentityCommand({}),
    );

    expect(identity.Arn).toBe('arn:aws:iam::111122223333:user/<a&b>');
  });

  it('refuses an action that is not emulated as InvalidAction', async () => {
    const aws = await serveAws([sts]);

    const call = new STSClient(aws.client).send(new GetSessionTokenCommand({}));

    await expect(call).rejects.toMatchObject({
      name: 'InvalidAction',
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  it.each([
    {
      key: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
      error: 'InvalidClientTokenId',
    },
    { key: { secretAccessKey: 'another' }, error: 'SignatureDoesNotMatch' },
  ])('refuses wrong credentials as $error', async ({ key, error }) => {
    const aws = await serveAws([sts]);
    const credentials = { ...aws.accessKey, ...key };

    const call = new STSClient({ ...aws.client, credentials }).send(new GetCallerIdentityCommand({}));

    await expect(call).rejects.toMatchObject({ name: error, $metadata: { httpStatusCode: 403 } });
  });

  it('refuses an unsigned form with an error in XML', async () => {
    const aws = await serveAws([sts]);

    const response = await send({
      url: aws.url,
      headers: form,
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });

    expect(response.statusCode).toBe(403);
    expect(response.headers['content-type']).toBe('text/xml');
    expect(response.body).toBe(
      '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
        '<Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code>' +
        '<Message>Request is missing Authentication Token</Message></Error>' +
        `<RequestId>${response.headers['x-amzn-requestid']}</RequestId></ErrorResponse>`,
    );
  });
});
