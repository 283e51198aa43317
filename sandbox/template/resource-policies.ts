import * as v from 'valibot';
import type { JsonObject } from '../json.ts';
import { documentProperty, parseProperties } from './resource-properties.ts';
import type { TemplateResolver } from './template-resolver.ts';

/** The policy of a secret or topic of the stack. */
export interface TemplateResourcePolicy {
  readonly resourceArn: string;
  readonly document: JsonObject;
}

const topicPolicyProperties = v.object({ PolicyDocument: documentProperty, Topics: v.array(v.string()) });
const secretPolicyProperties = v.object({ SecretId: v.string(), ResourcePolicy: documentProperty });

/** The policies of the stack's secrets and topics; those of keys and functions are read with the keys and functions. */
export function resourcePolicies(resolver: TemplateResolver): TemplateResourcePolicy[] {
  const topics = resolver.resources('AWS::SNS::TopicPolicy').flatMap(resource => {
    const { PolicyDocument, Topics } = parseProperties(resource, topicPolicyProperties);
    return Topics.map(resourceArn => ({ resourceArn, document: PolicyDocument }));
  });
  const secrets = resolver.resources('AWS::SecretsManager::ResourcePolicy').map(resource => {
    const { SecretId, ResourcePolicy } = parseProperties(resource, secretPolicyProperties);
    return { resourceArn: SecretId, document: ResourcePolicy };
  });
  return [...topics, ...secrets];
}
