import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { CfnOutput } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { CloudAssemblyUnreadable } from '../../../sandbox/template/cloud-assembly.ts';
import { emptyFolder } from '../../demonstration/project.ts';
import { readFrankfurt, synthesise } from './synthesised-stack.ts';

describe('cloud assembly', () => {
  it('names the command that creates it when it is missing', () => {
    const read = () => readFrankfurt('/nowhere/cdk.out');

    expect(read).toThrow(CloudAssemblyUnreadable);
    expect(read).toThrow(
      'There is no synthesised project in /nowhere/cdk.out. Create it with: npm run synth -- -c allSecrets=true',
    );
  });

  it('is refused when it is malformed', () => {
    const folder = emptyFolder();
    writeFileSync(path.join(folder, 'manifest.json'), '{"artifacts": 1}');

    expect(() => readFrankfurt(folder)).toThrow(CloudAssemblyUnreadable);
  });

  it('returns the only stack, or the one with the given name', () => {
    const one = synthesise({ One: () => undefined });
    const two = synthesise({
      First: stack => void new CfnOutput(stack, 'Which', { value: 'first' }),
      Second: stack => void new CfnOutput(stack, 'Which', { value: 'second' }),
    });

    expect(readFrankfurt(one).stackName).toBe('One');
    expect(readFrankfurt(two, { stackName: 'Second' }).outputs).toStrictEqual({ Which: 'second' });
  });

  it('is refused when the stack does not exist, or when there are several and none is selected', () => {
    const two = synthesise({ First: () => undefined, Second: () => undefined });

    expect(() => readFrankfurt(two)).toThrow('First, Second');
    expect(() => readFrankfurt(two, { stackName: 'Third' })).toThrow('no stack Third');
  });
});
