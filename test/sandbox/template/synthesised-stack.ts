import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { vi } from 'vitest';
import { readStack, type StackModel } from '../../../sandbox/template/stack-model.ts';
import { emptyFolder } from '../../demonstration/project.ts';

/** Synthesises stacks with the CDK. Each function fills the stack with its name. */
export function synthesise(stacks: Readonly<Record<string, (stack: Stack) => void>>): string {
  const app = new App({ outdir: emptyFolder(), analyticsReporting: false });
  for (const [name, fill] of Object.entries(stacks)) {
    const stack = new Stack(app, name);
    // A template must have at least one resource.
    new CfnResource(stack, 'Nothing', { type: 'AWS::CloudFormation::WaitConditionHandle' });
    fill(stack);
  }
  // The CDK's validation would warn about settings that are wrong or outdated on purpose.
  const warnings = vi.spyOn(console, 'error').mockReturnValue(undefined);
  try {
    return app.synth().directory;
  } finally {
    warnings.mockRestore();
  }
}

/** Reads a stack, as deployed to Frankfurt. */
export function readFrankfurt(
  assemblyDirectory: string,
  options: { stackName?: string; partition?: string; parameters?: Readonly<Record<string, string>> } = {},
): StackModel {
  return readStack({
    assemblyDirectory,
    accountId: '123456789012',
    region: 'eu-central-1',
    partition: 'aws',
    ...options,
  });
}

/** Synthesises one stack called `Mini` and reads it. */
export function readMini(fill: (stack: Stack) => void, options: Parameters<typeof readFrankfurt>[1] = {}) {
  return readFrankfurt(synthesise({ Mini: fill }), options);
}
