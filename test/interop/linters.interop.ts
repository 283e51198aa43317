import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import * as v from 'valibot';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { release } from '../../infra/release/release.ts';
import { definitionText } from '../../statemachine/definition-text.ts';
import { BUNDLES, deployment, everyOption, type Settings } from '../infra/deployment.ts';
import { npmPackage, pythonProgram } from './installed.ts';

/** The output of a linter. Its exit code only shows whether it found something. */
async function output(program: string, args: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(program, args, (error, stdout, stderr) => {
      if (stderr === '' && (error === null || stdout !== '')) resolve(stdout);
      else reject(new Error(`${program}: ${stderr}${stdout}`, { cause: error }));
    });
  });
}

const findings = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.object({ Rule: v.object({ Id: v.string() }), Message: v.string(), Filename: v.string() })),
);

const VARIANTS: Readonly<Record<string, Settings>> = {
  'no-options': {},
  'every-option': everyOption('aws', 'us-east-1'),
  'many-secrets': { secretNames: Array.from({ length: 60 }, (_, number) => `genesys/${number}`) },
  'destroyed-without-alarms': { alarms: false, removalPolicy: 'destroy' },
};

/** Accepted findings by rule. An exception that is no longer needed fails the test. */
const EXCEPTIONS: Readonly<Record<string, RegExp>> = {
  // The CDK turns a dependency between constructs into DependsOn for all their resources, even where GetAtt is enough.
  W3005: /^'\w+' dependency already enforced by a 'GetAtt'/,
  // The pattern may be empty, but a template rule rejects an empty pattern if a statement uses it.
  W1030: /^\{'Ref': 'SecretArnPattern'\} does not match /,
  // template.local.json is intended for that command.
  W3002: /^This code may only work with 'package' cli command/,
  // cfn-lint only supports substitutions of whole strings. The definition shows the integration to its readers.
  E3601: /^'arn:\$\{Partition\}:states:::lambda:invoke' does not match .* at 'States\/\w+\/Resource'$/,
};

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(inject('scratchDirectory'), 'linters-'));
});

describe('cfn-lint', () => {
  it('finds only the exceptions in all variants of the template and in a release', async () => {
    const files = await Promise.all(
      Object.entries(VARIANTS).map(async ([name, options]) => {
        const file = join(directory, `${name}.json`);
        await writeFile(file, JSON.stringify(Template.fromStack(deployment(options)).toJSON()));
        return file;
      }),
    );

    for (const [name, content] of Object.entries(release(BUNDLES))) {
      if (!name.endsWith('.json') && !name.endsWith('.zip')) continue;
      await writeFile(join(directory, name), content);
      if (name.endsWith('.json')) files.push(join(directory, name));
    }

    const found = v.parse(findings, await output(pythonProgram('cfn-lint'), ['--format', 'json', ...files]));

    const rules = found.map(finding =>
      EXCEPTIONS[finding.Rule.Id]?.test(finding.Message) ? finding.Rule.Id : finding,
    );
    expect(new Set(rules)).toEqual(new Set(Object.keys(EXCEPTIONS)));
  });
});

describe('asl-validator', () => {
  it('finds nothing in the definition', async () => {
    const file = join(directory, 'definition.json');
    // It only supports substitutions of whole strings.
    await writeFile(file, definitionText().replaceAll(/\$\{Partition\}/g, 'aws'));

    const found = await output(process.execPath, [
      join(npmPackage('asl-validator'), 'dist/bin/asl-validator.js'),
      '--json-path',
      file,
    ]);

    expect(found).toContain('is valid');
  });
});
