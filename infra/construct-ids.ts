import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Part of a construct id that identifies a resource by its purpose, not by its position in a list: if the id changes,
 * CloudFormation replaces the resource.
 *
 * @param text may be known only at deployment; then the id contains the reference to it
 */
export function idPart(scope: Construct, text: string): string {
  return Token.isUnresolved(text) ? JSON.stringify(Stack.of(scope).resolve(text)) : text;
}
