import {
  AuthorizationErrorException,
  InvalidParameterException,
  KMSAccessDeniedException,
  KMSDisabledException,
  KMSInvalidStateException,
  KMSNotFoundException,
  NotFoundException,
  PublishCommand,
  type PublishCommandInput,
  SNSClient,
} from '@aws-sdk/client-sns';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AwsError } from '../../../sandbox/aws/aws-error.ts';
import type { AccessRequest, AwsInterceptor } from '../../../sandbox/aws/service.ts';
import { Clock } from '../../../sandbox/clock.ts';
import type { CheckKeyUse, KeyUse } from '../../../sandbox/kms/key-use.ts';
import { Sns } from '../../../sandbox/sns/sns.ts';
import { sts } from '../../../sandbox/sts/sts.ts';
import { ACCOUNT_ID, REGION, serveAws } from '../../helpers/aws-endpoint.ts';

const TOPIC_ARN = `arn:aws:sns:${REGION}:${ACCOUNT_ID}:rotation`;
const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/11111111-2222-4333-8444-555555555555`;
const OPERATOR_ARN = `arn:aws:iam::${ACCOUNT_ID}:user/operator`;

interface WorldOptions {
  readonly kmsKeyId?: string;
  readonly checkKeyUse?: CheckKeyUse;
  readonly interceptor?: AwsInterceptor;
}

/** One topic, and a client that calls as the operator. */
async function openTopic({ kmsKeyId, checkKeyUse, interceptor }: WorldOptions = {}) {
  const clock = new Clock({ isVirtual: true });
  const sns = new Sns({ clock, region: REGION, checkKeyUse });
  sns.createTopic({ arn: TOPIC_ARN, name: 'rotation', kmsKeyId });
  const { client } = await serveAws([sns, sts], {
    ...(interceptor !== undefined && { interceptors: [interceptor] }),
  });
  const sdk = new SNSClient(client);
  onTestFinished(() => sdk.destroy());
  const publish = (input: Partial<PublishCommandInput> = {}) =>
    sdk.send(new PublishCommand({ TopicArn: TOPIC_ARN, Message: 'It failed.', ...input }));
  return { sns, clock, publish };
}

describe('SNS operation Publish', () => {
  it('records the message and returns its id', async () => {
    const { sns, clock, publish } = await openTopic();

    const { MessageId } = await publish({ Subject: 'Rotation failed', Message: 'Zeile 1\n& <Zeile> 2' });

    expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(sns.messages()).toStrictEqual([
      {
        messageId: MessageId,
        topicArn: TOPIC_ARN,
        subject: 'Rotation failed',
        message: 'Zeile 1\n& <Zeile> 2',
        at: clock.now(),
        callerArn: OPERATOR_ARN,
      },
    ]);
  });

  it('notifies listeners until they unsubscribe', async () => {
    const { sns, publish } = await openTopic();
    const received: string[] = [];
    const stop = sns.onMessage(({ message }) => received.push(message));

    await publish({ Message: 'one' });
    stop();
    await publish({ Message: 'two' });

    expect(received).toStrictEqual(['one']);
  });

  it('throws NotFoundException for a topic that does not exist', async () => {
    const { publish } = await openTopic();

    const refusal = publish({ TopicArn: `${TOPIC_ARN}-other` });

    await expect(refusal).rejects.toBeInstanceOf(NotFoundException);
    await expect(refusal).rejects.toMatchObject({
      message: 'Topic does not exist',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it.each<[string, Partial<PublishCommandInput>]>([
    ['a subject of 100 characters', { Subject: 'x'.repeat(100) }],
    ['a subject that begins with punctuation', { Subject: '[sandbox] 1 secret' }],
    ['a message of 262,144 bytes', { Message: 'ä'.repeat(131_072) }],
  ])('accepts %s', async (_what, input) => {
    const { sns, publish } = await openTopic();

    await publish(input);

    expect(sns.messages()).toHaveLength(1);
  });

  it.each<[string, Partial<PublishCommandInput>, string]>([
    ['a subject of 101 characters', { Subject: 'x'.repeat(101) }, 'Subject'],
    ['a subject with a line break', { Subject: 'one\ntwo' }, 'Subject'],
    ['a subject with a control character', { Subject: 'one\u0007two' }, 'Subject'],
    ['a subject that is not ASCII', { Subject: 'Für Sie' }, 'Subject'],
    ['a subject that begins with a space', { Subject: ' one' }, 'Subject'],
    ['an empty subject', { Subject: '' }, 'Subject'],
    ['an empty message', { Message: '' }, 'Empty message'],
    ['a message of more than 262,144 bytes', { Message: `${'ä'.repeat(131_072)}.` }, 'Message too long'],
    ['a topic that is not an ARN', { TopicArn: 'rotation' }, 'TopicArn'],
  ])('throws InvalidParameterException for %s', async (_what, input, parameter) => {
    const { sns, publish } = await openTopic();

    const refusal = publish(input);

    await expect(refusal).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(refusal).rejects.toThrow(parameter);
    expect(sns.messages()).toStrictEqual([]);
  });

  it.each<[string, Partial<PublishCommandInput>]>([
    ['messageStructure', { MessageStructure: 'json', Message: '{"default":"x"}' }],
    ['messageAttributes', { MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } } }],
    ['messageGroupId', { MessageGroupId: 'group' }],
  ])('refuses %s by name', async (member, input) => {
    const { publish } = await openTopic();

    const refusal = publish(input);

    await expect(refusal).rejects.toThrow(`'${member}' failed to satisfy constraint: Member is not emulated`);
  });

  it('uses the key of an encrypted topic on behalf of the publisher', async () => {
    const uses: KeyUse[] = [];
    const { sns, publish } = await openTopic({
      kmsKeyId: KEY_ARN,
      checkKeyUse: use => {
        uses.push(use);
        return 'usable';
      },
    });

    await publish();

    const use = {
      keyId: KEY_ARN,
      encryptionContext: { 'aws:sns:topicArn': TOPIC_ARN },
      caller: expect.objectContaining({ arn: OPERATOR_ARN }),
      viaService: `sns.${REGION}.amazonaws.com`,
    };
    expect(uses).toStrictEqual([
      { ...use, action: 'kms:GenerateDataKey' },
      { ...use, action: 'kms:Decrypt' },
    ]);
    expect(sns.messages()).toHaveLength(1);
  });

  it.each(['kms:GenerateDataKey', 'kms:Decrypt'])(
    'throws KMSAccessDeniedException when the publisher lacks %s',
    async refused => {
      const { sns, publish } = await openTopic({
        kmsKeyId: KEY_ARN,
        checkKeyUse: ({ action }) => (action === refused ? 'denied' : 'usable'),
      });

      const refusal = publish();

      await expect(refusal).rejects.toBeInstanceOf(KMSAccessDeniedException);
      expect(sns.messages()).toStrictEqual([]);
    },
  );

  it.each([
    ['disabled', KMSDisabledException],
    ['pending-deletion', KMSInvalidStateException],
    ['missing', KMSNotFoundException],
  ] as const)("throws SNS's own exception when the key is %s", async (failure, exception) => {
    const { sns, publish } = await openTopic({ kmsKeyId: KEY_ARN, checkKeyUse: () => failure });

    await expect(publish()).rejects.toBeInstanceOf(exception);
    expect(sns.messages()).toStrictEqual([]);
  });

  it('needs no permission for the AWS managed key', async () => {
    const { sns, publish } = await openTopic({ kmsKeyId: 'alias/aws/sns', checkKeyUse: () => 'denied' });

    await publish();

    expect(sns.messages()).toHaveLength(1);
  });

  it('throws AuthorizationErrorException when an interceptor denies access', async () => {
    const { publish } = await openTopic({
      interceptor: () => Promise.reject(new AwsError('AccessDeniedException', 'not authorized')),
    });

    const refusal = publish();

    await expect(refusal).rejects.toBeInstanceOf(AuthorizationErrorException);
    await expect(refusal).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  it('requires sns:Publish on the topic', () => {
    const sns = new Sns({ clock: new Clock({ isVirtual: true }), region: REGION });
    const caller = { accountId: ACCOUNT_ID, arn: OPERATOR_ARN, userId: 'AIDAOPERATOR' };
    const input = { TopicArn: TOPIC_ARN, Message: 'x' };

    const required: readonly AccessRequest[] | undefined = sns.operations.Publish.access(input, {
      service: 'sns',
      operation: 'Publish',
      input,
      caller,
      requestId: 'request-1',
    });

    expect(required).toStrictEqual([{ action: 'sns:Publish', resource: TOPIC_ARN }]);
  });
});

describe('SNS subscriptions', () => {
  it('are never confirmed', () => {
    const sns = new Sns({ clock: new Clock({ isVirtual: true }), region: REGION });
    const subscription = {
      arn: `${TOPIC_ARN}:1`,
      topicArn: TOPIC_ARN,
      protocol: 'email',
      endpoint: 'ops@example.com',
    };

    sns.createSubscription(subscription);

    expect(sns.subscriptions()).toStrictEqual([{ ...subscription, confirmed: false }]);
  });
});
