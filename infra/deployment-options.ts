import { Tags } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { InvalidSetting } from './invalid-setting.ts';
import type { RemovalChoice } from './removal.ts';
import { checkForm } from './setting-checks.ts';

/** What holds for every resource of a deployment. */
export interface DeploymentOptions {
  /** Tags of everything that can be tagged. Default: none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** ARN of the policy that bounds the permissions of every role. Default: none. */
  readonly permissionsBoundaryArn?: string;
  /**
   * What becomes of the resources when the stack is deleted: `retain` keeps all that hold data, `destroy` none. What
   * is kept keeps its name, too: a stack of the same name cannot be deployed before it is gone. Default: secrets and
   * the keys that credentials depend on are kept, logs, table and topic are not.
   */
  readonly removalPolicy?: RemovalChoice;
}

const MOST_TAGS = 50;

/**
 * Applies tags and permissions boundary to everything in the scope, whenever it is added.
 *
 * @throws InvalidSetting `tags` or `permissionsBoundaryArn`
 */
export function applyToAll(scope: Construct, { tags = {}, permissionsBoundaryArn }: DeploymentOptions): void {
  checkTags(tags);
  for (const [key, value] of Object.entries(tags)) Tags.of(scope).add(key, value);
  if (permissionsBoundaryArn === undefined) return;
  checkForm(
    'permissionsBoundaryArn',
    permissionsBoundaryArn,
    /^arn:[a-z-]+:iam::(?:\d{12}|aws):policy\/[\w/+=,.@-]+$/,
    'is not the ARN of an IAM policy',
  );
  PermissionsBoundary.of(scope).apply(
    ManagedPolicy.fromManagedPolicyArn(scope, 'PermissionsBoundary', permissionsBoundaryArn),
  );
}

/** Tag Editor User Guide, "Tag naming and usage": what all services accept. */
function checkTags(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > MOST_TAGS)
    throw new InvalidSetting('tags', `are more than the ${MOST_TAGS} that a resource can have.`);
  for (const [key, value] of Object.entries(tags)) {
    checkForm(
      'tags',
      key,
      /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu,
      'is not the key of a tag: 1 to 128 letters, digits, spaces and _.:/=+-@, and not aws: in front',
    );
    checkForm(
      'tags',
      value,
      /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u,
      'is not the value of a tag: at most 256 letters, digits, spaces and _.:/=+-@',
    );
  }
}
