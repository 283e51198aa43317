import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { makeProgram } from '../../cli/program.ts';
import { PROJECT } from '../../infra/commonjs.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { readStack, type StackModel } from '../../sandbox/template/stack-model.ts';
import { authorizeWorld, LOGIN_ADDRESS, SECRET } from '../cli/authorize-world.ts';
import { startCli } from '../helpers/cli-session.ts';
import { packedPackage, runProgram } from '../helpers/packed-package.ts';

const APP = fileURLToPath(new URL('./package-app', import.meta.url));
const ACCOUNT = { accountId: '123456789012', region: 'us-east-1', partition: 'aws' };

/** The Node.js of this test, and others that the environment names. */
const NODES = [process.execPath, ...(process.env.OTHER_NODES ?? '').split(delimiter).filter(Boolean)];

/** Longer than the default, because programs are installed and started. */
const TIMEOUT_MS = 120_000;

let packed: Awaited<ReturnType<typeof packedPackage>>;
beforeAll(async () => {
  packed = await packedPackage();
}, TIMEOUT_MS);
afterAll(() => packed.remove());

describe('the construct of the package', () => {
  let app: string;

  beforeAll(async () => {
    app = await packed.emptyFolder();
    await cp(APP, app, { recursive: true });
    // The peers come from this project's own folder, so that nothing is fetched.
    const peers = ['aws-cdk-lib', 'constructs'].map(name => join(PROJECT, 'node_modules', name));
    runProgram('npm', ['install', '--no-audit', '--no-fund', packed.file, ...peers], app);
  }, TIMEOUT_MS);

  it('has no dependencies', () => {
    expect(installedIn(app)).toEqual(['aws-cdk-lib', 'constructs', 'genesys-token-rotation']);
  });

  it.each(['tsconfig.json', 'tsconfig.commonjs.json'])(
    'has types that an app compiles against: %s',
    project => {
      const tsc = join(PROJECT, 'node_modules/.bin/tsc');

      const printed = runProgram(tsc, ['--noEmit', '--project', project], app);

      expect(printed).toBe('');
    },
  );

  it('synthesises the same template as the repository', async () => {
    await mkdir(join(app, 'cdk.out'));

    runProgram(process.execPath, ['app.ts'], app, { CDK_OUTDIR: join(app, 'cdk.out') });

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

  it.each(NODES)('is loaded by require and import with %s, and is the same class', node => {
    const script = `
      const { TokenRotation } = require('genesys-token-rotation');
      const { RotationStack } = require('genesys-token-rotation/rotation-stack');
      const { App, Stack } = require('aws-cdk-lib');
      const found = new RotationStack(new App(), 'a', { rotation: { allSecrets: true } }).node.tryFindChild('TokenRotation');
      import('genesys-token-rotation').then(module =>
        console.log(found instanceof TokenRotation, module.TokenRotation === TokenRotation));`;

    expect(runProgram(node, ['--eval', script], app)).toBe('true true\n');
  });
});

describe('the program of the package', () => {
  let folder: string;
  let program: string;

  beforeAll(async () => {
    folder = await packed.emptyFolder();
    // Without a registry, which an installation without dependencies does not need.
    runProgram('npm', ['install', '--no-audit', '--no-fund', '--offline', '--prefix', folder, packed.file]);
    program = join(folder, 'node_modules/.bin/genesys-token-rotation');
  }, TIMEOUT_MS);

  it('is installed without any other package', () => {
    expect(installedIn(folder)).toEqual(['genesys-token-rotation']);
  });

  it('includes the licences of the bundled packages', () => {
    const licences = join(folder, 'node_modules/genesys-token-rotation/dist/THIRD-PARTY-LICENSES');

    expect(readFileSync(licences, 'utf8')).toMatch(/^commander /m);
  });

  it('runs with npx, and as a global installation', () => {
    const prefix = join(folder, 'global');
    runProgram('npm', ['install', '--global', '--offline', '--prefix', prefix, packed.file], folder);
    const [globalProgram = ''] = ['bin/genesys-token-rotation', 'genesys-token-rotation.cmd']
      .map(name => join(prefix, name))
      .filter(existsSync);

    const printed = [
      runProgram('npx', ['--offline', 'genesys-token-rotation', '--version'], folder),
      runProgram(
        'npx',
        [
          '--yes',
          '--offline',
          '--cache',
          join(folder, 'cache'),
          '--package',
          packed.file,
          'genesys-token-rotation',
          '--version',
        ],
        prefix,
      ),
      runProgram(globalProgram, ['--version'], folder),
    ];

    expect(printed).toEqual(printed.map(() => `${packageJson.version}\n`));
  });

  it.each(NODES)(
    'runs every command against the sandbox with %s',
    async node => {
      const world = await authorizeWorld();
      const { args, env } = world.newSecret('--yes');
      const path = { PATH: [dirname(node), process.env.PATH].join(delimiter) };
      const run = (...line: string[]) => startCli(world, line, { ownProcess: program, env: path }).ended;

      const authorize = startCli(world, args, { ownProcess: program, env: { ...env, ...path } });
      const [address] = await authorize.seen(LOGIN_ADDRESS);
      await world.logInThrough(address);
      const authorized = await authorize.ended;
      const { ARN = '' } = await world.describe();
      world.sandbox.secretsManager.enableRotation(ARN, world.sandbox.rotationFunctionArn, {
        ScheduleExpression: 'rate(8 hours)',
        Duration: '1h',
      });
      const results = {
        authorize: authorized,
        rotate: await run('rotate', SECRET),
        follow: await run('follow', SECRET),
        status: await run('status', '--verify'),
        history: await run('history', SECRET),
        redrive: await run('redrive', SECRET),
        diagnose: await run('diagnose', SECRET, '--test'),
      };

      expect(new Set(Object.keys(results))).toEqual(commands());
      for (const [command, result] of Object.entries(results)) {
        expect([command, result]).toEqual([
          command,
          {
            exitCode: EXIT_CODES.done.code,
            stdout: expect.stringMatching(/./),
            stderr: expect.not.stringContaining('Warning'),
          },
        ]);
      }
    },
    TIMEOUT_MS,
  );
});

/** The names of the program's commands. */
function commands(): Set<string> {
  const { stdin, stdout, stderr } = process;
  const streams = { in: stdin, out: stdout, err: stderr };
  const { commands } = makeProgram({ streams, signal: new AbortController().signal });
  return new Set(commands.map(command => command.name()));
}

function installedIn(folder: string): string[] {
  return readdirSync(join(folder, 'node_modules'))
    .filter(name => !name.startsWith('.'))
    .sort();
}

function stack(assemblyDirectory: string): StackModel {
  return readStack({ assemblyDirectory, stackName: 'genesys-token-rotation', ...ACCOUNT });
}

/** The code of each function, by its name. */
function bundles({ functions }: StackModel): Record<string, string> {
  return Object.fromEntries(
    functions.map(({ name, codeDirectory }) => [name, readFileSync(join(codeDirectory, 'index.js'), 'utf8')]),
  );
}
