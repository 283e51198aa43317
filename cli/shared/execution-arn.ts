import { executionNamePrefix } from '../../functions/shared/execution-name.ts';
import type { Deployment } from './deployment.ts';

/** The ARN of an execution of the deployment. */
export function executionArnOf(
  name: string,
  { stateMachineArn }: Pick<Deployment, 'stateMachineArn'>,
): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** Whether an execution belongs to a secret. */
export function isExecutionOf(
  name: string,
  secret: { readonly arn: string; readonly name: string },
): boolean {
  return name.startsWith(executionNamePrefix({ secretArn: secret.arn, secretName: secret.name }));
}
