import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The ARN of a resource in this deployment's account and region, by its name: for policies that must not depend on the
 * resource itself, and for resources that CloudFormation does not create.
 */
export function arnOf(scope: Construct, service: string, resource: string, resourceName: string): string {
  return Stack.of(scope).formatArn({
    service,
    resource,
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/**
 * The value of `kms:ViaService` when a service uses a key on behalf of its caller.
 *
 * @see AWS KMS Developer Guide, "AWS KMS condition keys"
 */
export function viaService(service: string): string {
  return `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`;
}
