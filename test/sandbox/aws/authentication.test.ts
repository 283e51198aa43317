import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { object } from 'valibot';
import { describe, expect, it } from 'vitest';
import { type AwsCall, type AwsService, noPermissions, operation } from '../../../sandbox/aws/service.ts';
import { serveAws } from '../../helpers/aws-endpoint.ts';
import { send, sendSigned } from '../../helpers/signed-request.ts';

const describeKey = new DescribeKeyCommand({ KeyId: 'alias/seal' });
const rawDescribeKey = {
  'x-amz-target': 'TrentService.DescribeKey',
  'content-type': 'application/x-amz-json-1.1',
};

function recordingServices(): { services: AwsService[]; calls: AwsCall[] } {
  const calls: AwsCall[] = [];
  const record = operation(
    object({}),
    (_input, call) => {
      calls.push(call);
      return {};
    },
    noPermissions,
  );
  return {
    calls,
    services: [
      { id: 'kms', operations: { DescribeKey: record } },
      { id: 'lambda', operations: { GetFunctionConfiguration: record } },
    ],
  };
}

describe('authentication', () => {
  it('passes the caller of the signing key to the operation', async () => {
    const { services, calls } = recordingServices();
    const aws = await serveAws(services);
    const credentials = aws.identities.issueRole({
      roleArn: 'arn:aws:iam::111122223333:role/refresh-role',
      sessionName: 'refresh',
      functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:refresh',
    });

    await new KMSClient({ ...aws.client, credentials }).send(describeKey);

    expect(calls[0]?.caller).toMatchObject({
      arn: 'arn:aws:sts::111122223333:assumed-role/refresh-role/refresh',
      functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:refresh',
    });
  });

  it('accepts a signature over an encoded path and a query string', async () => {
    const { services, calls } = recordingServices();
    const aws = await serveAws(services);

    await new LambdaClient(aws.client).send(
      new GetFunctionConfigurationCommand({
        FunctionName: 'arn:aws:lambda:eu-central-1:111122223333:function:refresh',
        Qualifier: '$LATEST',
      }),
    );

    expect(calls).toHaveLength(1);
  });

  it('accepts an old signature', async () => {
    const { services, calls } = recordingServices();
    const aws = await serveAws(services);

    const response = await sendSigned(
      { url: aws.url, headers: rawDescribeKey, body: '{}' },
      'kms',
      aws.accessKey,
    );

    expect(response.statusCode).toBe(200);
    expect(calls).toHaveLength(1);
  });

  it('refuses a request without an Authorization header', async () => {
    const { services, calls } = recordingServices();
    const aws = await serveAws(services);

    const response = await send({ url: aws.url, headers: rawDescribeKey, body: '{}' });

    expect(response.statusCode).toBe(403);
    expect(JSON.parse(response.body)).toEqual({
      __type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
    expect(calls).toEqual([]);
  });

  it('refuses an Authorization header with another scheme without quoting it', async () => {
    const { services } = recordingServices();
    const aws = await serveAws(services);

    const response = await send({
      url: aws.url,
      headers: { ...rawDescribeKey, authorization: 'Bearer SENTINEL' },
      body: '{}',
    });

    expect(response.statusCode).toBe(400);
    expect(JSON.parse(response.body)).toMatchObject({ __type: 'IncompleteSignatureException' });
    expect(response.body).not.toContain('SENTINEL');
  });

  it('refuses an access key that was never issued', async () => {
    const { services } = recordingServices();
    const aws = await serveAws(services);
    const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };

    const call = new KMSClient({ ...aws.client, credentials }).send(describeKey);

    await expect(call).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it.each([{ sessionToken: 'another' }, {}])(
    'refuses the key of a role with session token %o',
    async token => {
      const { services } = recordingServices();
      const aws = await serveAws(services);
      const { accessKeyId, secretAccessKey } = aws.identities.issueRole({
        roleArn: 'arn:aws:iam::111122223333:role/refresh-role',
        sessionName: 'refresh',
      });

      const call = new KMSClient({
        ...aws.client,
        credentials: { accessKeyId, secretAccessKey, ...token },
      }).send(describeKey);

      await expect(call).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    },
  );

  it('refuses a signature made with another secret key', async () => {
    const { services, calls } = recordingServices();
    const aws = await serveAws(services);
    const credentials = { accessKeyId: aws.accessKey.accessKeyId, secretAccessKey: 'another' };

    const call = new KMSClient({ ...aws.client, credentials }).send(describeKey);

    await expect(call).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message:
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      $metadata: { httpStatusCode: 403 },
    });
    expect(calls).toEqual([]);
  });

  it('refuses a body that was changed after it was signed', async () => {
    const { services } = recordingServices();
    const aws = await serveAws(services);
    const kms = new KMSClient(aws.client);
    kms.middlewareStack.add(
      next => args => {
        Object.assign(args.request as object, { body: '{"KeyId":"alias/host"}' });
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );

    const call = kms.send(describeKey);

    await expect(call).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });

  it('refuses a request signed for another service', async () => {
    const { services } = recordingServices();
    const aws = await serveAws(services);

    const response = await sendSigned(
      { url: aws.url, headers: rawDescribeKey, body: '{}' },
      'sts',
      aws.accessKey,
    );

    expect(response.statusCode).toBe(403);
    expect(JSON.parse(response.body)).toEqual({
      __type: 'InvalidSignatureException',
      message: "Credential should be scoped to correct service: 'kms'.",
    });
  });

  it('refuses a request signed for another region when a region is configured', async () => {
    const { services } = recordingServices();
    const aws = await serveAws(services, { region: 'eu-west-1' });

    const call = new KMSClient(aws.client).send(describeKey);

    await expect(call).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: "Credential should be scoped to a valid region, not 'eu-central-1'.",
    });
  });

  it("refuses calls to Lambda in Lambda's error format", async () => {
    const { services } = recordingServices();
    const aws = await serveAws(services);

    const response = await send({ url: aws.url, method: 'GET', path: '/2015-03-31/functions/refresh' });

    expect(response.statusCode).toBe(403);
    expect(response.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
    expect(JSON.parse(response.body)).toEqual({ Type: 'User', Message: 'Missing Authentication Token' });
  });
});
