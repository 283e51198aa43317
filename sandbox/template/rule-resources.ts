import * as v from 'valibot';
import type { RuleSpecification } from '../events/event-bridge.ts';
import { documentProperty, parseProperties } from './resource-properties.ts';
import { UnresolvableTemplate } from './template.ts';
import type { ResolvedResource, TemplateResolver } from './template-resolver.ts';

/** A rule of EventBridge's default bus. */
export interface TemplateRule extends RuleSpecification {
  readonly logicalId: string;
}

/**
 * The accepted properties of a target. The retry policy has no effect, because Lambda accepts or refuses events at
 * once.
 */
const TARGET_PROPERTIES = ['Arn', 'Id', 'RetryPolicy'];

const ruleProperties = v.object({
  EventBusName: v.optional(v.string(), 'default'),
  EventPattern: v.optional(documentProperty),
  ScheduleExpression: v.optional(v.string()),
  State: v.optional(
    v.picklist(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']),
    'ENABLED',
  ),
  Targets: v.optional(v.array(v.looseObject({ Arn: v.string() })), []),
});

/**
 * The stack's rules.
 *
 * @throws UnresolvableTemplate also for another bus, and for a target with more than an ARN, such as `Input`
 */
export function rules(resolver: TemplateResolver): TemplateRule[] {
  return resolver.resources('AWS::Events::Rule').map(resource => {
    const properties = parseProperties(resource, ruleProperties);
    if (properties.EventBusName !== 'default') throw notEmulated(resource, 'EventBusName');
    return {
      logicalId: resource.logicalId,
      name: resource.name ?? '',
      arn: resolver.attribute(resource.logicalId, 'Arn'),
      enabled: properties.State !== 'DISABLED',
      eventPattern: properties.EventPattern,
      scheduleExpression: properties.ScheduleExpression,
      targetArns: properties.Targets.map(target => {
        const unknown = Object.keys(target).find(name => !TARGET_PROPERTIES.includes(name));
        if (unknown !== undefined) throw notEmulated(resource, `Targets.${unknown}`);
        return target.Arn;
      }),
    };
  });
}

function notEmulated({ logicalId }: ResolvedResource, property: string): UnresolvableTemplate {
  return new UnresolvableTemplate(logicalId, property, 'not emulated.');
}
