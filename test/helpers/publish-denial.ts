import type { Sandbox } from '../../sandbox/sandbox.ts';

/** Marks a denial as expected: `publish` cannot write to a secret that is missing or lacks the deployment's tag. */
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
