import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readStack } from '../../sandbox/template/stack-model.ts';
import { deployment, everyOption, template } from './deployment.ts';

/** Removes the ARNs of external resources, which are all in the partition `aws-given`. */
function withoutExternalArns(text: string): string {
  return text.replaceAll(/arn:aws-given:[^"\\]*/g, '');
}

/** The resources of a deployment with every option in one region. */
function deployedTo(partition: string, region: string) {
  const stack = deployment(everyOption(partition, region));
  const types = Object.values<{ Type: string }>(Template.fromStack(stack).toJSON().Resources);
  const assembly = App.of(stack)?.synth().directory ?? '';
  const model = readStack({ assemblyDirectory: assembly, accountId: '444455556666', partition, region });
  return [...new Set(types.map(({ Type }) => Type))].flatMap(type => model.resources(type));
}

describe('the template', () => {
  it.each([
    ['without options', {}],
    ['with every option', everyOption()],
  ])('contains no fixed account, region or partition %s', (_case, options) => {
    const text = withoutExternalArns(JSON.stringify(template(options).toJSON()));

    expect(text.match(/\b\d{12}\b|arn:aws|\b(?:us|eu|ap|sa|ca|me|af|cn)-(?:gov-)?[a-z]+-\d/g)).toBeNull();
  });

  it.each([
    ['aws', 'us-east-1', 'amazonaws.com'],
    ['aws-cn', 'cn-north-1', 'amazonaws.com.cn'],
    ['aws-us-gov', 'us-gov-west-1', 'amazonaws.com'],
  ])('refers only to the partition %s', (partition, region, suffix) => {
    const text = JSON.stringify(deployedTo(partition, region));

    expect(new Set([...text.matchAll(/arn:([a-z-]*):/g)].map(([, found]) => found))).toEqual(
      new Set([partition]),
    );
    expect(text).toContain(`"kms:ViaService":"secretsmanager.${region}.${suffix}"`);
    expect(text).toContain(`"kms:ViaService":"states.${region}.${suffix}"`);
    expect(text).toContain(`"kms:ViaService":"sns.${region}.${suffix}"`);
  });
});
