import { Agent, request as httpRequest } from 'node:http';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient, StartExecutionCommand, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { object, string } from 'valibot';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AwsError } from '../../../sandbox/aws/aws-error.ts';
import { AwsEndpoint } from '../../../sandbox/aws/endpoint.ts';
import { Identities } from '../../../sandbox/aws/identities.ts';
import { ConnectionDropped } from '../../../sandbox/aws/interruptions.ts';
import {
  type AwsCall,
  type AwsInterceptor,
  type AwsService,
  noPermissions,
  operation,
} from '../../../sandbox/aws/service.ts';
import { allowEverything } from '../../helpers/allow-everything.ts';
import { serveAws } from '../../helpers/aws-endpoint.ts';
import { type RawRequest, send, sendSigned } from '../../helpers/signed-request.ts';

const getSecretValue = new GetSecretValueCommand({ SecretId: 'genesys' });
const getSecretValueHeaders = {
  'x-amz-target': 'secretsmanager.GetSecretValue',
  'content-type': 'application/x-amz-json-1.1',
};

/** Secrets Manager with one operation. */
function secretsManager(response: (call: AwsCall) => Promise<object> | object = () => ({})): AwsService {
  return {
    id: 'secretsmanager',
    operations: {
      GetSecretValue: operation(
        object({ SecretId: string() }),
        (_input, call) => response(call),
        noPermissions,
      ),
    },
  };
}

function failing(error: Error): AwsService {
  return secretsManager(() => {
    throw error;
  });
}

describe('AwsEndpoint', () => {
  it('does not make a client with clock skew retry a refused call', async () => {
    let calls = 0;
    const aws = await serveAws([
      secretsManager(() => {
        calls += 1;
        throw new AwsError('ResourceNotFoundException', 'Not found.');
      }),
    ]);
    const client = new SecretsManagerClient({ ...aws.client, maxAttempts: 2 });
    onTestFinished(() => void vi.useRealTimers());
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });

    await expect(client.send(getSecretValue)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });

    expect(calls).toBe(1);
  });

  it('returns AWS JSON 1.1 with the content type and a request id', async () => {
    const calls: AwsCall[] = [];
    const aws = await serveAws([
      secretsManager(call => {
        calls.push(call);
        return { Name: 'genesys', CreatedDate: 1700000000.123 };
      }),
    ]);

    const response = await new SecretsManagerClient(aws.client).send(getSecretValue);

    expect(response).toMatchObject({ Name: 'genesys', CreatedDate: new Date('2023-11-14T22:13:20.123Z') });
    expect(calls).toMatchObject([
      {
        service: 'secretsmanager',
        operation: 'GetSecretValue',
        input: { SecretId: 'genesys' },
        caller: { arn: 'arn:aws:iam::111122223333:user/operator' },
        requestId: response.$metadata.requestId,
      },
    ]);
  });

  it('responds in AWS JSON 1.0', async () => {
    const executionArn = 'arn:aws:states:eu-central-1:111122223333:execution:rotation:one';
    const states: AwsService = {
      id: 'states',
      operations: {
        StartExecution: operation(
          object({}),
          () => ({ executionArn, startDate: 1700000000.5 }),
          noPermissions,
        ),
      },
    };
    const aws = await serveAws([states]);

    const response = await sendSigned(
      {
        url: aws.url,
        headers: {
          'x-amz-target': 'AWSStepFunctions.StartExecution',
          'content-type': 'application/x-amz-json-1.0',
        },
        body: '{}',
      },
      'states',
      aws.accessKey,
    );
    const started = await new SFNClient(aws.client).send(
      new StartExecutionCommand({ stateMachineArn: 'arn' }),
    );

    expect(response.headers['content-type']).toBe('application/x-amz-json-1.0');
    expect(started).toMatchObject({ executionArn, startDate: new Date('2023-11-14T22:13:20.500Z') });
  });

  it('serves the host name prefix of StartSyncExecution', async () => {
    const states: AwsService = {
      id: 'states',
      operations: {
        StartSyncExecution: operation(object({}), () => ({ status: 'SUCCEEDED' }), noPermissions),
      },
    };
    const aws = await serveAws([states]);
    const client = new SFNClient(aws.client);
    // The name with the prefix does not resolve. The request is still signed with it.
    client.middlewareStack.add(
      next => args => {
        Object.assign(args.request as object, { hostname: '127.0.0.1' });
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );

    const response = await client.send(new StartSyncExecutionCommand({ stateMachineArn: 'arn' }));

    expect(response.status).toBe('SUCCEEDED');
  });

  describe('refusals', () => {
    it.each([
      { type: 'ResourceNotFoundException', member: 'Message' },
      { type: 'AccessDeniedException', member: 'message' },
    ])('returns the message of $type of Secrets Manager in "$member"', async ({ type, member }) => {
      const aws = await serveAws([failing(new AwsError(type, 'The text.'))]);

      const response = await sendSigned(
        { url: aws.url, headers: getSecretValueHeaders, body: '{"SecretId":"genesys"}' },
        'secretsmanager',
        aws.accessKey,
      );

      expect(response.statusCode).toBe(400);
      expect(JSON.parse(response.body)).toEqual({ __type: type, [member]: 'The text.' });
      expect(response.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('returns the message of other services in "message", with details', async () => {
      const states: AwsService = {
        id: 'states',
        operations: {
          StartExecution: operation(
            object({}),
            () => {
              throw new AwsError('ThrottlingException', 'Rate exceeded', { details: { reason: 'bucket' } });
            },
            noPermissions,
          ),
        },
      };
      const aws = await serveAws([states]);

      const response = await sendSigned(
        { url: aws.url, headers: { 'x-amz-target': 'AWSStepFunctions.StartExecution' }, body: '{}' },
        'states',
        aws.accessKey,
      );

      expect(JSON.parse(response.body)).toEqual({
        __type: 'ThrottlingException',
        message: 'Rate exceeded',
        reason: 'bucket',
      });
    });

    it('names the invalid member, not its value', async () => {
      const aws = await serveAws([
        {
          id: 'secretsmanager',
          operations: {
            GetSecretValue: operation(
              object({ SecretId: string(), VersionId: string() }),
              () => ({}),
              noPermissions,
            ),
          },
        },
      ]);

      const response = await sendSigned(
        {
          url: aws.url,
          headers: getSecretValueHeaders,
          body: '{"SecretId":null,"VersionId":{"SENTINEL":1}}',
        },
        'secretsmanager',
        aws.accessKey,
      );

      expect(response.statusCode).toBe(400);
      expect(JSON.parse(response.body)).toEqual({
        __type: 'ValidationException',
        message:
          "2 validation errors detected: Value at 'secretId' failed to satisfy constraint: Member must not be null; Value at 'versionId' failed to satisfy constraint: Member must be string",
      });
    });

    it.each(['{"SecretId":"SENTINEL"', '["SENTINEL"]', '"SENTINEL"', 'null'])(
      'refuses the body %s as SerializationException without quoting it',
      async body => {
        const aws = await serveAws([secretsManager()]);

        const response = await sendSigned(
          { url: aws.url, headers: getSecretValueHeaders, body },
          'secretsmanager',
          aws.accessKey,
        );

        expect(response.statusCode).toBe(400);
        expect(JSON.parse(response.body)).toMatchObject({ __type: 'SerializationException' });
        expect(response.body).not.toContain('SENTINEL');
      },
    );

    it.each([
      ['secretsmanager.TagResource', 'the operation TagResource'],
      ['secretsmanager.constructor', 'the operation constructor'],
      ['secretsmanager.', 'this operation'],
    ])('refuses the unknown operation %s by name', async (target, operation) => {
      const aws = await serveAws([secretsManager()]);

      const response = await sendSigned(
        { url: aws.url, headers: { 'x-amz-target': target }, body: '{}' },
        'secretsmanager',
        aws.accessKey,
      );

      expect(response.statusCode).toBe(400);
      expect(JSON.parse(response.body)).toEqual({
        __type: 'UnknownOperationException',
        message: `The sandbox does not emulate ${operation} of secretsmanager.`,
      });
    });

    it.each<Omit<RawRequest, 'url'>>([
      { method: 'POST', headers: { 'x-amz-target': 'DynamoDBStreams_20120810.GetRecords' } },
      { method: 'GET', headers: {} },
    ])('refuses a $method to a service that is not emulated', async request => {
      const aws = await serveAws([secretsManager()]);

      const response = await send({ ...request, url: aws.url });

      expect(response.statusCode).toBe(400);
      expect(JSON.parse(response.body)).toMatchObject({ __type: 'UnknownOperationException' });
    });

    it('refuses a body of more than 1 MB', async () => {
      const aws = await serveAws([secretsManager()]);

      const response = await sendSigned(
        { url: aws.url, headers: getSecretValueHeaders, body: 'x'.repeat(1_048_577) },
        'secretsmanager',
        aws.accessKey,
      );

      expect(response.statusCode).toBe(413);
      expect(JSON.parse(response.body)).toMatchObject({ __type: 'RequestEntityTooLargeException' });
    });

    it('reports an unexpected error and hides it from the client', async () => {
      const aws = await serveAws([failing(new TypeError('a defect'))]);

      const call = new SecretsManagerClient(aws.client).send(getSecretValue);

      await expect(call).rejects.toMatchObject({
        name: 'InternalFailure',
        message: 'The request processing has failed because of an unknown error, exception or failure.',
        $metadata: { httpStatusCode: 500 },
      });
      expect(aws.defects).toEqual(['secretsmanager:GetSecretValue: a defect']);
    });
  });

  describe('interceptors', () => {
    it('run around the operation in the given order, with its input', async () => {
      const steps: string[] = [];
      const interceptor =
        (name: string): AwsInterceptor =>
        async (call, next) => {
          steps.push(`${name} ${call.operation} ${JSON.stringify(call.input)}`);
          const output = await next();
          steps.push(`${name} done`);
          return output;
        };
      const aws = await serveAws(
        [
          secretsManager(() => {
            steps.push('operation');
            return {};
          }),
        ],
        { interceptors: [interceptor('outer'), interceptor('inner')] },
      );

      await new SecretsManagerClient(aws.client).send(getSecretValue);

      expect(steps).toEqual([
        'outer GetSecretValue {"SecretId":"genesys"}',
        'inner GetSecretValue {"SecretId":"genesys"}',
        'operation',
        'inner done',
        'outer done',
      ]);
    });

    it('can refuse a call before it takes effect', async () => {
      let calls = 0;
      const aws = await serveAws(
        [
          secretsManager(() => {
            calls += 1;
            return {};
          }),
        ],
        {
          interceptors: [
            () => {
              throw new AwsError('AccessDeniedException', 'User is not authorized.');
            },
          ],
        },
      );

      const call = new SecretsManagerClient(aws.client).send(getSecretValue);

      await expect(call).rejects.toMatchObject({
        name: 'AccessDeniedException',
        message: 'User is not authorized.',
      });
      expect(calls).toBe(0);
    });

    it.each([
      { when: 'before the effect', effects: 0 },
      { when: 'after the effect', effects: 1 },
    ])('can drop the connection $when', async ({ effects }) => {
      let calls = 0;
      const aws = await serveAws(
        [
          secretsManager(() => {
            calls += 1;
            return {};
          }),
        ],
        {
          interceptors: [
            async (_call, next) => {
              if (effects === 1) await next();
              throw new ConnectionDropped();
            },
          ],
        },
      );

      const call = new SecretsManagerClient(aws.client).send(getSecretValue);

      await expect(call).rejects.toMatchObject({ name: 'TimeoutError', message: 'socket hang up' });
      expect(calls).toBe(effects);
      expect(aws.defects).toEqual([]);
    });

    it('are not called for an unsigned or malformed request', async () => {
      const intercepted: string[] = [];
      const aws = await serveAws([secretsManager()], {
        interceptors: [
          (call, next) => {
            intercepted.push(call.operation);
            return next();
          },
        ],
      });

      await send({ url: aws.url, headers: getSecretValueHeaders, body: '{"SecretId":"genesys"}' });
      await sendSigned(
        { url: aws.url, headers: getSecretValueHeaders, body: '{}' },
        'secretsmanager',
        aws.accessKey,
      );

      expect(intercepted).toEqual([]);
    });
  });

  describe('listening', () => {
    it('throws when the URL is read before it listens', () => {
      const endpoint = new AwsEndpoint({
        services: [],
        identities: new Identities({ accountId: '111122223333', partition: 'aws' }),
        authorizer: allowEverything,
        onDefect: () => {},
      });

      expect(() => endpoint.url).toThrow('is not listening');
    });

    it('rejects when the port is in use', async () => {
      const aws = await serveAws([]);
      const endpoint = new AwsEndpoint({
        services: [],
        identities: aws.identities,
        port: Number(new URL(aws.url).port),
        authorizer: allowEverything,
        onDefect: () => {},
      });

      await expect(endpoint.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    });

    it('closes at once despite idle connections and running calls', async () => {
      const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
      const aws = await serveAws([
        secretsManager(() => {
          arrive();
          return new Promise(() => {});
        }),
      ]);
      const agent = new Agent({ keepAlive: true });
      await new Promise(resolve => {
        httpRequest(aws.url, { agent }, response => response.resume().on('end', resolve)).end();
      });
      const call = new SecretsManagerClient(aws.client).send(getSecretValue);
      const outcome = expect(call).rejects.toMatchObject({ message: 'socket hang up' });
      await arrived;

      await aws.endpoint.close();

      await outcome;
      await expect(send({ url: aws.url })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      agent.destroy();
    });

    it('can be closed twice', async () => {
      const aws = await serveAws([]);

      await aws.endpoint.close();

      await expect(aws.endpoint.close()).resolves.toBeUndefined();
    });
  });
});
