import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { emptyFolder, PROJECT, Program } from './project.ts';

const STATES = ['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'Rotated'];

/** A folder with the CDK app, where `npm start` writes its cdk.out. */
function projectFolder(): string {
  const folder = emptyFolder();
  symlinkSync(path.join(PROJECT, 'infra'), path.join(folder, 'infra'));
  return folder;
}

/** A folder whose CDK app produces the synthesised stack, but with functions that fail at load. */
function brokenProjectFolder(): string {
  const folder = emptyFolder();
  const assembly = path.join(folder, 'broken');
  cpSync(inject('assemblyDirectory'), assembly, { recursive: true });
  for (const entry of readdirSync(assembly, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    writeFileSync(path.join(assembly, entry.name, 'index.js'), 'throw new RangeError("out of order");');
  }
  mkdirSync(path.join(folder, 'infra'));
  writeFileSync(
    path.join(folder, 'infra/app.ts'),
    `import { cpSync } from 'node:fs';\ncpSync('broken', process.env.CDK_OUTDIR, { recursive: true });\n`,
  );
  return folder;
}

describe('npm start', () => {
  it('prints one JSON object about the rotation with --json', async () => {
    const program = new Program('sandbox/start.ts', ['--json'], { cwd: projectFolder() });

    const { exitCode, stdout, stderr } = await program.ended;

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const run = JSON.parse(stdout);
    expect(run).toEqual({
      secretId: expect.stringMatching(/^arn:aws:secretsmanager:.+:secret:genesys\/demo-\w{6}$/),
      versions: { previous: expect.any(String), current: expect.any(String) },
      executionArn: expect.stringMatching(
        /^arn:aws:states:.+:execution:genesys-token-rotation:genesys-demo-/,
      ),
      states: STATES.map(name => ({
        name,
        status: 'succeeded',
        durationMs: expect.any(Number),
        attempts: 1,
      })),
      rotationMs: expect.any(Number),
      tokenGapMs: expect.any(Number),
      awsCalls: expect.any(Object),
    });
    expect(run.versions.current).not.toBe(run.versions.previous);
    // Polling changes the number of reads, but not of writes, seals and opened seals.
    expect(run.awsCalls).toMatchObject({
      'states:StartExecution': 1,
      'kms:GenerateDataKey': 2,
      'kms:Decrypt': 2,
      'dynamodb:PutItem': 1,
      'dynamodb:TransactWriteItems': 1,
      'dynamodb:UpdateItem': 2,
      'secretsmanager:PutSecretValue': 1,
      'secretsmanager:UpdateSecretVersionStage': 1,
    });
  });

  it('prints the states, the labels before and after, and the result', async () => {
    const program = new Program('sandbox/start.ts', [], { cwd: projectFolder() });

    const { exitCode, stdout, stderr } = await program.ended;

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const entered = [...stdout.matchAll(/→ (\w+) +entered/g)].map(([, state]) => state);
    const left = [...stdout.matchAll(/✓ (\w+) +left after \d+ ms/g)].map(([, state]) => state);
    expect(entered).toEqual(STATES);
    expect(left).toEqual(STATES);
    expect(stdout).toMatch(/│ [0-9a-f-]{36} │ AWSCURRENT │ AWSPREVIOUS │/);
    expect(stdout).toMatch(/│ [0-9a-f-]{36} │ – {10}│ AWSCURRENT {2}│/);
    expect(stdout).toContain('GET /api/v2/users/me responds with 200');
    expect(stdout).toMatch(/Rotated in \d+ ms with \d+ AWS calls/);
    expect(stdout).not.toContain('\u001b');
  });

  it('exits with 1 and the reason when the stack cannot be synthesised', async () => {
    const program = new Program('sandbox/start.ts', ['--json'], {
      cwd: projectFolder(),
      env: { CDK_CONTEXT_JSON: JSON.stringify({ schedule: 'rate(1 hour)' }) },
    });

    const { exitCode, stdout, stderr } = await program.ended;

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^\S*schedule\b.*\n$/);
  });

  it('exits with 1 and the reason when the rotation fails', async () => {
    const program = new Program('sandbox/start.ts', ['--json'], { cwd: brokenProjectFolder() });

    const { exitCode, stdout, stderr } = await program.ended;

    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'The rotation did not succeed: out of order\n',
    });
  });
});
