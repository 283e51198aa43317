import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Tells a resource from others in construct ids: by what it is for, never by its place in a list. With another id
 * CloudFormation would create the resource anew and then delete the old one.
 *
 * @param text may be known only at deployment; then the reference to it stands in the id
 */
export function idPart(scope: Construct, text: string): string {
  return Token.isUnresolved(text) ? JSON.stringify(Stack.of(scope).resolve(text)) : text;
}
