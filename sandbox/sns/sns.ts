import * as v from 'valibot';
import { AwsError } from '../aws/aws-error.ts';
import { type AwsService, type Caller, operation } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import type { CheckKeyUse } from '../kms/key-use.ts';
import { Listeners } from '../listeners.ts';
import { requireKey } from './key-access.ts';

/** A standard topic. */
export interface Topic {
  readonly arn: string;
  readonly name: string;
  /** The id, ARN or alias of the key that encrypts the messages. */
  readonly kmsKeyId?: string | undefined;
}

/** A subscription to a topic. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  /** E.g. `email`. */
  readonly protocol: string;
  readonly endpoint: string;
}

/** A published message. Nothing is delivered. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  readonly at: Date;
  readonly callerArn: string;
}

/** The dependencies of the emulated SNS. */
export interface SnsOptions {
  readonly clock: Clock;
  readonly region: string;
  /** Authorises publishing to a topic with a customer managed key (default: every key can be used). */
  readonly checkKeyUse?: CheckKeyUse;
}

const MAX_MESSAGES = 1000;

/**
 * Amazon SNS, emulated: publishing to standard topics. Messages are recorded, not delivered.
 *
 * Source: Amazon SNS API Reference, Publish.
 */
export class Sns implements AwsService {
  readonly id = 'sns';
  readonly operations = {
    Publish: operation(
      publishInput,
      (input, { caller }) => this.#publish(input, caller),
      ({ TopicArn }) => [{ action: 'sns:Publish', resource: TopicArn }],
    ),
  };
  readonly #clock: Clock;
  readonly #checkKeyUse: CheckKeyUse;
  readonly #viaService: string;
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions: Subscription[] = [];
  readonly #messages: PublishedMessage[] = [];
  readonly #listeners = new Listeners<PublishedMessage>();

  /** Calls a listener with every published message, until the returned function is called. */
  readonly onMessage = this.#listeners.add;

  constructor({ clock, region, checkKeyUse = () => 'usable' }: SnsOptions) {
    this.#clock = clock;
    this.#checkKeyUse = checkKeyUse;
    this.#viaService = `sns.${region}.amazonaws.com`;
  }

  createTopic(topic: Topic): void {
    this.#topics.set(topic.arn, topic);
  }

  /** Adds a subscription, which is never confirmed. */
  createSubscription(subscription: Subscription): void {
    this.#subscriptions.push(subscription);
  }

  /** The subscriptions. None is confirmed, because that requires a person to follow a link in an email. */
  subscriptions(): readonly (Subscription & { readonly confirmed: boolean })[] {
    return this.#subscriptions.map(subscription => ({ ...subscription, confirmed: false }));
  }

  /** The latest 1000 published messages, oldest first. */
  messages(): readonly PublishedMessage[] {
    return [...this.#messages];
  }

  #publish(input: v.InferOutput<typeof publishInput>, caller: Caller): object {
    checkPublish(input);
    const topic = this.#topics.get(input.TopicArn);
    if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', { statusCode: 404 });
    requireKey(this.#checkKeyUse, topic, caller, this.#viaService);
    const message = {
      messageId: crypto.randomUUID(),
      topicArn: topic.arn,
      subject: input.Subject,
      message: input.Message,
      at: this.#clock.now(),
      callerArn: caller.arn,
    };
    this.#messages.push(message);
    if (this.#messages.length > MAX_MESSAGES) this.#messages.shift();
    this.#listeners.notify(message);
    return { MessageId: message.messageId };
  }
}

const MAX_MESSAGE_BYTES = 262_144;
/** Printable ASCII of at most 100 characters that does not begin with a space. */
const SUBJECT = /^[!-~][ -~]{0,99}$/;
const ARN_ELEMENTS = 6;

const notEmulated = v.optional(v.never());

/** The emulated input of Publish: one message for all protocols, to a topic. */
export const publishInput = v.object({
  TopicArn: v.string(),
  Message: v.string(),
  Subject: v.optional(v.string()),
  TargetArn: notEmulated,
  PhoneNumber: notEmulated,
  MessageStructure: notEmulated,
  MessageAttributes: notEmulated,
  MessageDeduplicationId: notEmulated,
  MessageGroupId: notEmulated,
});

/**
 * Validates a message as SNS does.
 *
 * Source: Amazon SNS API Reference, Publish; the messages follow responses of SNS.
 *
 * @throws AwsError InvalidParameter
 */
function checkPublish({ TopicArn, Message, Subject }: v.InferOutput<typeof publishInput>): void {
  const elements = TopicArn.split(':').length;
  if (elements < ARN_ELEMENTS) {
    throw invalid(`TopicArn Reason: An ARN must have at least ${ARN_ELEMENTS} elements, not ${elements}`);
  }
  if (Subject !== undefined && !SUBJECT.test(Subject)) throw invalid('Subject');
  if (Message === '') throw invalid('Empty message');
  if (Buffer.byteLength(Message) > MAX_MESSAGE_BYTES) throw invalid('Message too long');
}

function invalid(what: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
}
