import * as v from 'valibot';
import type { Subscription, Topic } from '../sns/sns.ts';
import { stableId } from './resource-kinds.ts';
import { booleanProperty, parseProperties } from './resource-properties.ts';
import { UnresolvableTemplate } from './template.ts';
import type { TemplateResolver } from './template-resolver.ts';

/** An SNS topic of the stack. */
export interface TemplateTopic extends Topic {
  readonly logicalId: string;
}

/** A subscription that a person must confirm. */
export interface TemplateSubscription extends Subscription {
  readonly logicalId: string;
}

/** The protocols that require a confirmation by link. */
const CONFIRMED_BY_LINK = ['email', 'email-json', 'http', 'https'];

const endpointProperties = { Protocol: v.string(), Endpoint: v.string() };
const topicProperties = v.object({
  FifoTopic: v.optional(booleanProperty, false),
  KmsMasterKeyId: v.optional(v.string()),
  Subscription: v.optional(v.array(v.object(endpointProperties)), []),
});
const subscriptionProperties = v.object({ ...endpointProperties, TopicArn: v.string() });

/**
 * The stack's topics.
 *
 * @throws UnresolvableTemplate also for a FIFO topic
 */
export function topics(resolver: TemplateResolver): TemplateTopic[] {
  return resolver.resources('AWS::SNS::Topic').map(resource => {
    const { FifoTopic, KmsMasterKeyId } = parseProperties(resource, topicProperties);
    if (FifoTopic) throw new UnresolvableTemplate(resource.logicalId, 'FifoTopic', 'not emulated.');
    return {
      logicalId: resource.logicalId,
      name: resource.name ?? '',
      arn: resolver.attribute(resource.logicalId),
      kmsKeyId: KmsMasterKeyId,
    };
  });
}

/**
 * The subscriptions to the stack's topics, from separate resources or from the topics' properties.
 *
 * @throws UnresolvableTemplate also for a protocol that delivers without a confirmation
 */
export function subscriptions(resolver: TemplateResolver): TemplateSubscription[] {
  const own = resolver.resources('AWS::SNS::Subscription').map(resource => {
    const { TopicArn, ...properties } = parseProperties(resource, subscriptionProperties);
    return {
      logicalId: resource.logicalId,
      arn: resolver.attribute(resource.logicalId),
      topicArn: TopicArn,
      ...subscriber(resource.logicalId, properties),
    };
  });
  const inTopics = resolver.resources('AWS::SNS::Topic').flatMap(resource => {
    const { logicalId } = resource;
    const topicArn = resolver.attribute(logicalId);
    return parseProperties(resource, topicProperties).Subscription.map((properties, index) => ({
      logicalId,
      arn: `${topicArn}:${stableId(topicArn, logicalId, `subscription ${index}`, 32)}`,
      topicArn,
      ...subscriber(logicalId, properties),
    }));
  });
  return [...own, ...inTopics];
}

function subscriber(
  logicalId: string,
  { Protocol, Endpoint }: { Protocol: string; Endpoint: string },
): { protocol: string; endpoint: string } {
  if (CONFIRMED_BY_LINK.includes(Protocol)) return { protocol: Protocol, endpoint: Endpoint };
  throw new UnresolvableTemplate(logicalId, 'Protocol', `${Protocol} is not emulated.`);
}
