import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The ARN of something of this deployment's account and region, by its name: for policies that must not depend on the
 * thing itself, and for services that only IAM and not CloudFormation refers to.
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
 * What `kms:ViaService` says when a service uses a key in its caller's name.
 *
 * @see AWS KMS Developer Guide, "AWS KMS condition keys"
 */
export function viaService(service: string): string {
  return `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`;
}
