import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { appStack } from '../../../infra/app-stack.ts';
import { FUNCTION_NAMES } from '../../../infra/function-list.ts';
import { release } from '../../../infra/release/release.ts';
import { readStack, type StackModel } from '../../../sandbox/template/stack-model.ts';
import { releaseAssembly, templateOf, unpacked } from '../../helpers/release-assembly.ts';
import { app, BUNDLES, type Settings } from '../deployment.ts';

const ACCOUNT = { accountId: '111122223333', region: 'eu-central-1', partition: 'aws' };
const PATTERN = 'arn:aws:secretsmanager:*:*:secret:genesys/*';
const BUCKET = { CodeBucket: 'code' };

function scratch(): string {
  return mkdtempSync(join(inject('scratchDirectory'), 'release-'));
}

describe('the files of a release', () => {
  const files = release(BUNDLES);
  const archives = Object.entries(files).filter(([name]) => name.endsWith('.zip'));

  it('are two templates, an archive for each function, and the checksums of all', () => {
    const names = Object.keys(files).map(name => name.replace(/-[0-9a-f]{16}(?=\.zip$)/, ''));

    expect(names).toEqual([
      ...FUNCTION_NAMES.map(name => `${name}.zip`),
      'template.json',
      'template.local.json',
      'SHA256SUMS',
    ]);
    const sums = Object.entries(files)
      .filter(([name]) => name !== 'SHA256SUMS')
      .map(([name, content]) => `${createHash('sha256').update(content).digest('hex')}  ${name}`);
    expect(files.SHA256SUMS?.toString().trimEnd().split('\n').toSorted()).toEqual(sums.toSorted());
  });

  it('are the same bytes for the same sources', () => {
    expect(release(BUNDLES)).toEqual(files);
  });

  it('contain the code of each function', () => {
    const code = archives.map(([, archive]) => unpacked(archive)['index.js']?.toString());

    expect(code).toEqual(FUNCTION_NAMES.map(name => readFileSync(join(BUNDLES, name, 'index.js'), 'utf8')));
  });

  it('need no bootstrapping, assets or custom resources', () => {
    const text = templateOf(files);

    expect(text).not.toMatch(/bootstrap|cdk-hnb|Custom::|AWS::CloudFormation::CustomResource|AWS::CDK/i);
  });

  it('have the parameters of docs/cloudformation.md, with the same defaults', () => {
    const { Parameters } = JSON.parse(templateOf(files)) as {
      Parameters: Record<string, { Default?: string }>;
    };
    const page = readFileSync(new URL('../../../docs/cloudformation.md', import.meta.url), 'utf8');
    const [, table = ''] = /\n## Parameters\n(.*?)\n## /s.exec(page) ?? [];
    const rows = [...table.matchAll(/^\| (`.+?) \| .+ \| (.+?) \|$/gm)].flatMap(
      ([, names = '', byDefault = '']) =>
        [...names.matchAll(/`(\w+)`/g)].map(
          ([, name = '']) => [name, /^`(.+)`$/.exec(byDefault)?.[1] ?? ''] as const,
        ),
    );

    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.entries(Parameters).map(([name, { Default = '' }]) => [name, Default])),
    );
  });

  it('refer to the archives in the bucket or next to the template', () => {
    const codeIn = (name: string) =>
      Object.values<{ Type: string; Properties: { Code: unknown } }>(
        JSON.parse(files[name]?.toString() ?? '').Resources,
      )
        .filter(({ Type }) => Type === 'AWS::Lambda::Function')
        .map(({ Properties }) => Properties.Code);
    const names = archives.map(([name]) => name);

    expect(codeIn('template.json')).toEqual(
      expect.arrayContaining(
        names.map(name => ({
          S3Bucket: { Ref: 'CodeBucket' },
          S3Key: { 'Fn::Join': ['', [{ Ref: 'CodePrefix' }, name]] },
        })),
      ),
    );
    expect(codeIn('template.local.json').toSorted()).toEqual(names.toSorted());
    expect(templateOf({ 'template.json': files['template.local.json'] ?? Buffer.of() })).not.toMatch(
      /Code(Bucket|Prefix)/,
    );
  });
});

describe('the template of a release', () => {
  let assembly: string;

  beforeAll(() => {
    assembly = releaseAssembly(scratch(), BUNDLES, 'tokens');
  });

  const released = (parameters: Record<string, string>): StackModel =>
    readStack({
      ...ACCOUNT,
      assemblyDirectory: assembly,
      parameters: { ...BUCKET, DeploymentName: 'tokens', ...parameters },
    });

  /** The deployed resources, without code locations, generated names, versions and aliases. */
  function deployed(stack: StackModel, types: readonly string[]): unknown {
    const resources = types.map(type => [
      type,
      stack.resources(type).map(({ properties: { Code: _, ...properties } }) => properties),
    ]);
    const text = JSON.stringify({ resources, outputs: stack.outputs })
      .replaceAll(/(:function:tokens-[a-z-]+):live/g, '$1')
      // The end of a new secret's ARN is random.
      .replaceAll(/(:secret:[\w/-]+)-[0-9a-f]{6}/g, '$1');
    // CloudFormation accepts strings as numbers.
    return JSON.parse(text, (_key, value) => (typeof value === 'number' ? String(value) : value));
  }

  it.each<{ parameters: Record<string, string>; settings: Settings }>([
    { parameters: { SecretArnPattern: PATTERN }, settings: { secretArnPatterns: [PATTERN] } },
    {
      parameters: {
        SecretName: 'crm/genesys',
        RotationInterval: '12h',
        RotationWindow: '4h',
        NotificationEmail: 'oncall@example.com',
        LogRetentionDays: '30',
        Alarms: 'false',
        PublishAccessTokens: 'true',
      },
      settings: {
        secretNames: ['crm/genesys'],
        schedule: 'rate(12 hours)',
        window: '4h',
        notificationEmails: ['oncall@example.com'],
        logRetention: RetentionDays.ONE_MONTH,
        alarms: false,
        publishAccessTokens: true,
      },
    },
    {
      parameters: { SecretName: 'crm/genesys', RotationInterval: '4h' },
      settings: { secretNames: ['crm/genesys'], schedule: 'rate(4 hours)' },
    },
    {
      parameters: { SecretArnPattern: PATTERN, RotationWindow: '2h', PublishAccessTokens: 'true' },
      settings: { secretArnPatterns: [PATTERN], window: '2h', publishAccessTokens: true },
    },
  ])('deploys the same as the CDK: $parameters', ({ parameters, settings }) => {
    const cdk = app();
    appStack(cdk, { stackName: 'tokens', bundles: BUNDLES, ...settings });
    const { directory, stacks } = cdk.synth();
    const types = [
      ...new Set(Object.values<{ Type: string }>(stacks[0]?.template.Resources).map(({ Type }) => Type)),
    ].filter(type => !['AWS::Lambda::Version', 'AWS::Lambda::Alias', 'AWS::CDK::Metadata'].includes(type));

    const expected = deployed(readStack({ ...ACCOUNT, assemblyDirectory: directory }), types);

    expect(deployed(released(parameters), types)).toEqual(expected);
  });

  it('runs functions without versions, so that a changed parameter takes effect immediately', () => {
    const { functions } = released({ SecretArnPattern: PATTERN });

    expect(functions.flatMap(({ versions, aliases }) => [...versions, ...Object.keys(aliases)])).toEqual([]);
  });

  it.each([
    ['neither a name nor a pattern', {}],
    ['a name and a pattern', { SecretName: 'crm/genesys', SecretArnPattern: PATTERN }],
    ['a pattern that is not an ARN', { SecretArnPattern: '*' }],
    ['an invalid name', { SecretName: 'crm genesys' }],
    ['an interval that is too short', { SecretName: 'crm/genesys', RotationInterval: '1h' }],
    ['a deployment name that is too long', { SecretName: 'crm/genesys', DeploymentName: 'x'.repeat(51) }],
  ])('refuses %s', (_what, parameters) => {
    expect(() => released(parameters)).toThrow(expect.objectContaining({ name: 'UnresolvableTemplate' }));
  });
});
