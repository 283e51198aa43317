import { CfnResource, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { InvalidSetting } from './invalid-setting.ts';
import type { SecretSelection } from './secret-selection.ts';

/** AWS CloudFormation User Guide, "Understand CloudFormation quotas". */
const MAX_RESOURCES = 500;

/**
 * Checks that the stack has room for all secrets: each named one is a schedule, and each new one also a secret.
 *
 * @throws InvalidSetting `secretArns` or `secretNames`, whichever names more
 */
export function checkResourceCount(
  scope: Construct,
  { secretArns = [], secretNames = [] }: SecretSelection,
): void {
  const count = Stack.of(scope).node.findAll().filter(CfnResource.isCfnResource).length;
  if (count <= MAX_RESOURCES) return;
  const [setting, named] =
    secretNames.length * 2 >= secretArns.length
      ? ['secretNames', secretNames.length]
      : ['secretArns', secretArns.length];
  throw new InvalidSetting(
    setting,
    `${named} secrets make a stack of ${count} resources, and CloudFormation allows ${MAX_RESOURCES}. Name existing secrets by a pattern (secretArnPatterns) and enable their rotation yourself, or spread them over several deployments (stackName).`,
  );
}
