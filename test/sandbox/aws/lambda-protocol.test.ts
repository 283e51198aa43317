import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { looseObject } from 'valibot';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../sandbox/aws/aws-error.ts';
import { type AwsService, noPermissions, operation } from '../../../sandbox/aws/service.ts';
import { serveAws } from '../../helpers/aws-endpoint.ts';
import { sendSigned } from '../../helpers/signed-request.ts';

const REFRESH_ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:refresh';

function lambda(response: (input: object) => object): AwsService {
  return {
    id: 'lambda',
    operations: {
      Invoke: operation(looseObject({}), response, noPermissions),
      GetFunctionConfiguration: operation(looseObject({}), response, noPermissions),
    },
  };
}

describe('lambdaProtocol', () => {
  it('reads the members of Invoke from path, query, headers and body', async () => {
    const inputs: object[] = [];
    const aws = await serveAws([
      lambda(input => {
        inputs.push(input);
        return { StatusCode: 200, Payload: '{"blob":"ü"}', ExecutedVersion: '$LATEST', LogResult: 'bG9n' };
      }),
    ]);

    const response = await new LambdaClient(aws.client).send(
      new InvokeCommand({
        FunctionName: REFRESH_ARN,
        Qualifier: 'prod',
        LogType: 'Tail',
        Payload: '{"secret": "ü"}',
      }),
    );

    expect(inputs).toEqual([
      {
        FunctionName: REFRESH_ARN,
        Qualifier: 'prod',
        InvocationType: 'RequestResponse',
        LogType: 'Tail',
        Payload: '{"secret": "ü"}',
      },
    ]);
    expect(response).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST', LogResult: 'bG9n' });
    expect(response.FunctionError).toBeUndefined();
    expect(response.Payload?.transformToString()).toBe('{"blob":"ü"}');
  });

  it('reports a failed function in a header', async () => {
    const payload = '{"errorType":"RefreshTokenRejected","errorMessage":"","trace":[]}';
    const aws = await serveAws([
      lambda(() => ({ StatusCode: 200, Payload: payload, FunctionError: 'Unhandled' })),
    ]);

    const response = await new LambdaClient(aws.client).send(new InvokeCommand({ FunctionName: 'refresh' }));

    expect(response).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(response.Payload?.transformToString()).toBe(payload);
  });

  it('responds to Event with 202 and no body', async () => {
    const inputs: object[] = [];
    const aws = await serveAws([
      lambda(input => {
        inputs.push(input);
        return { StatusCode: 202 };
      }),
    ]);

    const response = await new LambdaClient(aws.client).send(
      new InvokeCommand({ FunctionName: 'refresh', InvocationType: 'Event' }),
    );

    expect(inputs).toMatchObject([{ InvocationType: 'Event' }]);
    expect(response.StatusCode).toBe(202);
    expect(response.Payload?.transformToString() ?? '').toBe('');
  });

  it('returns GetFunctionConfiguration', async () => {
    const aws = await serveAws([lambda(input => ({ Description: JSON.stringify(input) }))]);

    const response = await new LambdaClient(aws.client).send(
      new GetFunctionConfigurationCommand({ FunctionName: 'refresh', Qualifier: 'live' }),
    );

    expect(response.Description).toBe('{"FunctionName":"refresh","Qualifier":"live"}');
  });

  it.each([
    { type: 'ResourceNotFoundException', statusCode: 404, Type: 'User', details: {} },
    {
      type: 'TooManyRequestsException',
      statusCode: 429,
      Type: 'User',
      details: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    },
    { type: 'ServiceException', statusCode: 500, Type: 'Service', details: {} },
  ])('returns $statusCode for $type', async ({ type, statusCode, Type, details }) => {
    const aws = await serveAws([
      lambda(() => {
        throw new AwsError(type, 'The text.', { statusCode, details });
      }),
    ]);

    const call = new LambdaClient(aws.client).send(new InvokeCommand({ FunctionName: 'refresh' }));

    await expect(call).rejects.toMatchObject({
      name: type,
      message: 'The text.',
      Type,
      ...details,
      $metadata: { httpStatusCode: statusCode, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  it.each([
    { method: 'GET', path: '/2015-03-31/functions/' },
    { method: 'GET', path: '/2015-03-31/functions/refresh' },
    { method: 'DELETE', path: '/2015-03-31/functions/refresh' },
    { method: 'GET', path: '/2017-03-31/tags/refresh' },
  ])('returns 404 for $method $path', async ({ method, path }) => {
    const aws = await serveAws([lambda(() => ({}))]);

    const response = await sendSigned({ url: aws.url, method, path }, 'lambda', aws.accessKey);

    expect(response.statusCode).toBe(404);
    expect(response.headers['x-amzn-errortype']).toBe('UnknownOperationException');
  });

  it('refuses a path that is not validly encoded', async () => {
    const aws = await serveAws([lambda(() => ({}))]);

    const response = await sendSigned(
      { url: aws.url, method: 'GET', path: '/2015-03-31/functions/%ZZ/configuration' },
      'lambda',
      aws.accessKey,
    );

    expect(response.statusCode).toBe(400);
    expect(response.headers['x-amzn-errortype']).toBe('SerializationException');
  });

  it('accepts a payload of 6 MB and rejects a longer one', async () => {
    const aws = await serveAws([lambda(() => ({ StatusCode: 200, Payload: 'null' }))]);
    const client = new LambdaClient(aws.client);

    const accepted = await client.send(
      new InvokeCommand({ FunctionName: 'refresh', Payload: 'x'.repeat(6_291_456) }),
    );
    const refused = client.send(
      new InvokeCommand({ FunctionName: 'refresh', Payload: 'x'.repeat(6_291_457) }),
    );

    expect(accepted.StatusCode).toBe(200);
    await expect(refused).rejects.toMatchObject({
      name: 'RequestTooLargeException',
      $metadata: { httpStatusCode: 413 },
    });
  });
});
