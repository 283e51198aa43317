import type { Sandbox } from '../../sandbox/sandbox.ts';

/** Marks as expected that `publish` cannot write to a secret which is missing, or lacks the tag of the deployment. */
export function expectPublishDenied({ account, stack, permissions }: Sandbox, secret: string): void {
  const { name = '', roleArn = '' } = stack.functions.find(({ name }) => name.endsWith('-publish')) ?? {};
  permissions.expectDenial({
    caller: `arn:aws:sts::${account.accountId}:assumed-role/${roleArn.split('/').at(-1)}/${name}`,
    action: 'secretsmanager:PutSecretValue',
    resource: secret.startsWith('arn:')
      ? secret
      : `arn:aws:secretsmanager:${account.region}:${account.accountId}:secret:${secret}`,
  });
}
