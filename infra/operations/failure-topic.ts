import { Annotations, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { arnOf, viaService } from '../arn.ts';
import { idPart } from '../construct-ids.ts';
import { grant } from '../grants.ts';
import type { NotificationOptions } from '../options.ts';
import { ALARM_NAMES } from './alarms.ts';

/** Props of the topic. */
export interface FailureTopicProps extends NotificationOptions {
  readonly namePrefix: string;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The topic of the notifications: an existing topic, or an encrypted one that this construct creates. Only the alarms of
 * this deployment and principals that IAM allows can publish to the created topic, and only over TLS.
 */
export class FailureTopic extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, props: FailureTopicProps) {
    super(scope, id);
    const { notificationTopic, notificationEmails: emails = [] } = props;
    this.topic = notificationTopic ?? this.#createTopic(this.#createKey(props), props);
    if (notificationTopic === undefined && emails.length === 0) this.#warnAboutMissingSubscription();
    for (const endpoint of emails) {
      new Subscription(this, `Email-${idPart(this, endpoint)}`, {
        topic: this.topic,
        protocol: SubscriptionProtocol.EMAIL,
        endpoint,
      });
    }
  }

  /**
   * Grants publishing. SNS uses the topic's key with the publisher's permissions.
   *
   * @see Amazon SNS Developer Guide, "Managing Amazon SNS encryption keys and costs"
   */
  grantPublish(grantee: IGrantable): void {
    grant(grantee, { sid: 'Publish', actions: ['sns:Publish'], resources: [this.topic.topicArn] });
    if (this.topic.masterKey === undefined) return;
    grant(grantee, {
      sid: 'EncryptMessages',
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      resources: [this.topic.masterKey.keyArn],
      conditions: {
        StringEquals: {
          'kms:ViaService': viaService('sns'),
          'kms:EncryptionContext:aws:sns:topicArn': this.topic.topicArn,
        },
      },
    });
  }

  #warnAboutMissingSubscription(): void {
    Annotations.of(this).addWarningV2(
      'genesys-token-rotation:noSubscription',
      'The topic has no subscription, so nobody is notified of failures. Set notificationEmails or your own topic, or ' +
        'subscribe to the topic after the deployment and acknowledge this warning.',
    );
  }

  /** A customer managed key, because alarms cannot publish with the AWS managed one (see above). */
  #createKey({ namePrefix, removalPolicy, alarms = true }: FailureTopicProps): Key {
    const key = new Key(this, 'Key', {
      // No prefix contains a slash, so this is never the alias of another deployment's seal key.
      alias: `alias/${namePrefix}/failures`,
      description: 'Encrypts the notifications of the Genesys Cloud token rotation',
      enableKeyRotation: true,
      removalPolicy,
    });
    if (!alarms) return key;

    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'EncryptAlarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    return key;
  }

  #createTopic(key: Key, { namePrefix, removalPolicy, alarms = true }: FailureTopicProps): Topic {
    const topic = new Topic(this, 'Topic', {
      topicName: `${namePrefix}-failures`,
      displayName: 'Genesys Cloud token rotation',
      masterKey: key,
      enforceSSL: true,
    });
    topic.applyRemovalPolicy(removalPolicy);
    if (!alarms) return topic;

    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'PublishAlarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnEquals: {
            'aws:SourceArn': ALARM_NAMES.map(name =>
              arnOf(this, 'cloudwatch', 'alarm', `${namePrefix}-${name}`),
            ),
          },
        },
      }),
    );
    return topic;
  }
}
