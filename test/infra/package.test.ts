import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readStack, type StackModel } from '../../sandbox/template/stack-model.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const APP = fileURLToPath(new URL('./package-app', import.meta.url));
const ACCOUNT = { accountId: '123456789012', region: 'us-east-1', partition: 'aws' };

describe('the package', () => {
  let app: string;

  beforeAll(async () => {
    app = await mkdtemp(join(tmpdir(), 'package-app-'));
    const [{ filename }] = JSON.parse(
      run('npm', ['pack', '--silent', '--json', '--pack-destination', app]),
    ) as [{ filename: string }];
    await cp(APP, app, { recursive: true });
    // The peers come from this project's own folder, so that nothing is fetched.
    const peers = ['aws-cdk-lib', 'constructs'].map(name => join(PROJECT, 'node_modules', name));
    run('npm', ['install', '--no-audit', '--no-fund', join(app, filename), ...peers], app);
  });
  afterAll(() => rm(app, { recursive: true, force: true }));

  it('brings no dependency of its own', () => {
    const installed = readdirSync(join(app, 'node_modules')).filter(name => !name.startsWith('.'));

    expect(installed.sort()).toEqual(['aws-cdk-lib', 'constructs', 'genesys-token-rotation']);
  });

  it('has types that an app compiles against', () => {
    const tsc = join(PROJECT, 'node_modules/.bin/tsc');

    const printed = run(tsc, ['--noEmit', '--project', 'tsconfig.json'], app);

    expect(printed).toBe('');
  });

  it('synthesises what the repository synthesises', async () => {
    await mkdir(join(app, 'cdk.out'));

    run(process.execPath, ['app.ts'], app, { CDK_OUTDIR: join(app, 'cdk.out') });

    const own = stack(inject('assemblyDirectory'));
    const installed = stack(join(app, 'cdk.out'));
    const types = ({ resources }: StackModel) =>
      ['AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine', 'AWS::IAM::Role', 'AWS::KMS::Key'].map(
        type => [type, resources(type).length],
      );
    expect(types(installed)).toEqual(types(own));
    expect(installed.stateMachines.map(({ definition }) => definition)).toEqual(
      own.stateMachines.map(({ definition }) => definition),
    );
    expect(bundles(installed)).toEqual(bundles(own));
  });
});

function stack(assemblyDirectory: string): StackModel {
  return readStack({ assemblyDirectory, stackName: 'genesys-token-rotation', ...ACCOUNT });
}

/** The code of each function, by its name. */
function bundles({ functions }: StackModel): Record<string, string> {
  return Object.fromEntries(
    functions.map(({ name, codeDirectory }) => [name, readFileSync(join(codeDirectory, 'index.js'), 'utf8')]),
  );
}

/** @throws Error with what the program printed, when it fails */
function run(
  program: string,
  args: readonly string[],
  cwd = PROJECT,
  environment: Readonly<Record<string, string>> = {},
): string {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}
