import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { closeNow, listenOnLoopback, loopbackUrl, readBody } from '../../sandbox/loopback-server.ts';

/** An attempt at a rotation. */
interface Attempt {
  readonly secretArn: string;
  readonly versionId: string;
}

const ROTATION = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

const rotateRequest = v.object({
  SecretId: v.string(),
  ClientRequestToken: v.optional(v.string(), () => randomUUID()),
  RotationLambdaARN: v.optional(v.string()),
  RotateImmediately: v.optional(v.boolean(), true),
});

const MAX_BODY_BYTES = 10_000_000;

/**
 * A proxy for ministack that adds the two operations it lacks. It forwards every other request unchanged.
 *
 * - RotateSecret: ministack copies the current value to a new version and promotes it, without calling the function.
 * - RedriveExecution: not supported by ministack. The bridge rejects it, as AWS does for an execution that cannot be
 *   redriven, and the rotation function starts the next attempt.
 */
export class MinistackBridge {
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });
  readonly #ministackUrl: string;
  readonly #secrets: SecretsManagerClient;
  readonly #lambda: LambdaClient;
  /** The latest attempt of each secret. */
  readonly #attempts = new Map<string, Promise<string | undefined>>();

  constructor(ministackUrl: string) {
    this.#ministackUrl = ministackUrl;
    const client = {
      endpoint: ministackUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    this.#secrets = new SecretsManagerClient(client);
    this.#lambda = new LambdaClient(client);
  }

  get url(): string {
    return loopbackUrl(this.#server, 'The bridge');
  }

  async listen(): Promise<void> {
    await listenOnLoopback(this.#server, 0);
  }

  async close(): Promise<void> {
    await closeNow(this.#server);
  }

  /** The type of the error that failed a secret's latest attempt, or undefined when it succeeded. */
  async failure(secretArn: string): Promise<string | undefined> {
    return await this.#attempts.get(secretArn);
  }

  /**
   * Attempts a failed rotation again, as Secrets Manager does some time later.
   *
   * @returns as {@link failure}
   */
  async attemptAgain(secretArn: string): Promise<string | undefined> {
    const [versionId] = await this.#pendingVersions(secretArn);
    if (versionId === undefined) throw new Error(`${secretArn} has no pending version.`);
    const attempt = this.#rotate({ secretArn, versionId });
    this.#attempts.set(secretArn, attempt);
    return await attempt;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readBody(request, MAX_BODY_BYTES)) ?? Buffer.alloc(0);
    const target = request.headers['x-amz-target'];
    const reply =
      target === 'secretsmanager.RotateSecret'
        ? await this.#rotateSecret(request, body)
        : target === 'AWSStepFunctions.RedriveExecution'
          ? Response.json(
              { __type: 'ExecutionNotRedrivable', message: 'ministack has no redrives.' },
              { status: 400 },
            )
          : await this.#forward(request, body);
    const headers = Object.fromEntries(reply.headers);
    // fetch has already decoded the body.
    delete headers['content-encoding'];
    delete headers['content-length'];
    response.writeHead(reply.status, headers).end(Buffer.from(await reply.arrayBuffer()));
  }

  async #forward({ method = 'GET', url, headers }: IncomingMessage, body: Buffer): Promise<Response> {
    const forwarded = Object.entries(headers).filter(
      ([name]) => !['host', 'connection', 'content-length', 'transfer-encoding', 'expect'].includes(name),
    );
    return await fetch(`${this.#ministackUrl}${url}`, {
      method,
      headers: forwarded.map(([name, value]): [string, string] => [name, String(value)]),
      ...(method !== 'GET' && method !== 'HEAD' && { body: new Uint8Array(body) }),
    });
  }

  async #rotateSecret(request: IncomingMessage, body: Buffer): Promise<Response> {
    const rotation = v.parse(rotateRequest, JSON.parse(body.toString()));
    // This stores the function and the schedule. The version that ministack promotes is a copy of the current value.
    if (rotation.RotationLambdaARN !== undefined) {
      const reply = await this.#forward(request, body);
      if (!reply.ok) return reply;
    }
    const secret = await this.#secrets.send(new DescribeSecretCommand({ SecretId: rotation.SecretId }));
    const { ARN: secretArn = '', Name } = secret;
    const attempt = { secretArn, versionId: rotation.ClientRequestToken };
    this.#attempts.set(
      secretArn,
      rotation.RotateImmediately
        ? this.#label(attempt, undefined).then(() => this.#rotate(attempt))
        : this.#testConfiguration({ secretArn, versionId: randomUUID() }),
    );
    return Response.json({ ARN: secretArn, Name, VersionId: attempt.versionId });
  }

  async #rotate(attempt: Attempt): Promise<string | undefined> {
    for (const step of ROTATION) {
      const failure = await this.#call(step, attempt);
      if (failure !== undefined) return failure;
    }
    await this.#unlabel(attempt.secretArn);
    return undefined;
  }

  /** Emulates RotateImmediately=false: copies the current value, calls testSecret, and removes the label. */
  async #testConfiguration(attempt: Attempt): Promise<string | undefined> {
    const current = await this.#secrets.send(new GetSecretValueCommand({ SecretId: attempt.secretArn }));
    await this.#label(attempt, current.SecretString);
    const failure = await this.#call('testSecret', attempt);
    await this.#unlabel(attempt.secretArn);
    return failure;
  }

  async #call(Step: string, { secretArn, versionId }: Attempt): Promise<string | undefined> {
    const { RotationLambdaARN } = await this.#secrets.send(
      new DescribeSecretCommand({ SecretId: secretArn }),
    );
    const event = { Step, SecretId: secretArn, ClientRequestToken: versionId, RotationToken: randomUUID() };
    const { FunctionError, Payload } = await this.#lambda.send(
      new InvokeCommand({ FunctionName: RotationLambdaARN, Payload: JSON.stringify(event) }),
    );
    if (FunctionError === undefined) return undefined;
    return v.parse(v.object({ errorType: v.string() }), JSON.parse(Buffer.from(Payload ?? []).toString()))
      .errorType;
  }

  async #label({ secretArn, versionId }: Attempt, value: string | undefined): Promise<void> {
    await this.#secrets.send(
      new PutSecretValueCommand({
        SecretId: secretArn,
        ClientRequestToken: versionId,
        SecretString: value,
        VersionStages: ['AWSPENDING'],
      }),
    );
  }

  /** Secrets Manager itself removes AWSPENDING when a rotation is complete. */
  async #unlabel(secretArn: string): Promise<void> {
    for (const versionId of await this.#pendingVersions(secretArn)) {
      await this.#secrets.send(
        new UpdateSecretVersionStageCommand({
          SecretId: secretArn,
          VersionStage: 'AWSPENDING',
          RemoveFromVersionId: versionId,
        }),
      );
    }
  }

  async #pendingVersions(secretArn: string): Promise<string[]> {
    const { VersionIdsToStages = {} } = await this.#secrets.send(
      new DescribeSecretCommand({ SecretId: secretArn }),
    );
    return Object.keys(VersionIdsToStages).filter(id => VersionIdsToStages[id]?.includes('AWSPENDING'));
  }
}
