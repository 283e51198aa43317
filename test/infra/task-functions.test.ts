import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TASK_FUNCTIONS } from '../../infra/function-list.ts';
import { BUNDLES, functionId, logicalId, template } from './deployment.ts';

const plain = template({ publishAccessTokens: true });

/** The logical id of a function's published version. CloudFormation publishes a new version when it changes. */
function versionOf(name: string, stack = plain): string {
  return logicalId(stack, 'AWS::Lambda::Version', { FunctionName: { Ref: functionId(stack, name) } });
}

/** Placeholder bundles, one of them changed. */
function changedBundles(name: keyof typeof TASK_FUNCTIONS): string {
  const bundles = mkdtempSync(join(tmpdir(), 'changed-bundles-'));
  onTestFinished(() => rmSync(bundles, { recursive: true }));
  cpSync(BUNDLES, bundles, { recursive: true });
  writeFileSync(join(bundles, name, 'index.js'), 'exports.handler = async () => "changed";');
  return bundles;
}

describe('the functions of the workflow', () => {
  it.each(Object.keys(TASK_FUNCTIONS))('have in %s a published version that the alias points to', name => {
    const alias = logicalId(plain, 'AWS::Lambda::Alias', { FunctionName: { Ref: functionId(plain, name) } });

    plain.hasResourceProperties('AWS::Lambda::Alias', {
      Name: 'live',
      FunctionVersion: { 'Fn::GetAtt': [versionOf(name), 'Version'] },
    });
    expect(alias).toContain('live');
  });

  it('are the only ones with versions and aliases', () => {
    plain.resourceCountIs('AWS::Lambda::Version', 6);
    plain.resourceCountIs('AWS::Lambda::Alias', 6);
  });

  it('publish a new version only of the function whose code changed', () => {
    const changed = template({ publishAccessTokens: true, bundles: changedBundles('refresh') });

    expect(versionOf('refresh', changed)).not.toBe(versionOf('refresh'));
    expect(versionOf('verify', changed)).toBe(versionOf('verify'));
  });

  it('publish a new version when the configuration changes', () => {
    const changed = template({ publishAccessTokens: true, memoryMb: 1024 });

    expect(versionOf('verify', changed)).not.toBe(versionOf('verify'));
  });

  it('delete old versions', () => {
    plain.allResources('AWS::Lambda::Version', { DeletionPolicy: 'Delete' });
  });
});
