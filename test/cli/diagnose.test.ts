import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { runCli } from '../helpers/cli.ts';
import { openCliTerminal } from '../helpers/cli-terminal.ts';
import { diagnoseWorld, STEPS, withStatus } from './diagnose-world.ts';

const { world, credential, diagnosed } = diagnoseWorld();

describe('diagnose', () => {
  it('finds no problem after a rotation', async () => {
    const { name, secretArn } = await credential();
    await world().rotate(secretArn);

    const diagnosis = await diagnosed(name);

    expect(diagnosis).toMatchObject({ exitCode: EXIT_CODES.done.code, healthy: true });
    expect(diagnosis.firstWrong).toBeUndefined();
    expect(withStatus(diagnosis, 'ok')).toEqual(STEPS);
  });

  it('accepts an ARN, finds no problem before the first rotation, and suggests a rotation', async () => {
    const { secretArn } = await credential();

    const { exitCode, stdout, stderr } = await runCli(world().sandbox, ['diagnose', secretArn], {
      ownProcess: true,
    });

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(stderr).toBe('');
    expect(stdout).toContain(`genesys-token-rotation rotate ${secretArn}`);
    expect(stdout.split('\n').filter(line => line.startsWith('ok '))).toHaveLength(STEPS.length);
  });

  it('colours passed and failed steps on a terminal', async () => {
    const { name, clientId } = await credential();
    world().sandbox.genesysCloud.deleteClient(clientId);

    const { exitCode, screen, raw } = await openCliTerminal(world(), ['diagnose', name]).ended;

    expect(exitCode).toBe(EXIT_CODES.unhealthy.code);
    expect(screen).toContain('First problem: client.');
    expect(raw).toContain('\u001b[32mok      \u001b[39midentity');
    expect(raw).toContain('\u001b[31mwrong   \u001b[39mclient');
  });

  it('changes nothing', async () => {
    const { name, secretArn } = await credential();
    const { secretsManager } = world().sandbox;
    const before = secretsManager.secret(secretArn);
    const writes: string[] = [];
    secretsManager.onChange(change => writes.push(JSON.stringify(change)));

    await diagnosed(name);

    expect(writes).toEqual([]);
    expect(secretsManager.secret(secretArn)).toMatchObject({ versions: before?.versions });
  });

  it('tests the configuration with --test, and keeps the schedule', async () => {
    const { name, secretArn } = await credential();
    const { secretsManager } = world().sandbox;
    const before = secretsManager.secret(secretArn)?.rotation;

    const diagnosis = await diagnosed(name, '--test');

    expect(diagnosis.exitCode).toBe(EXIT_CODES.done.code);
    expect(withStatus(diagnosis, 'ok')).toEqual([...STEPS, 'configuration-test']);
    expect(secretsManager.secret(secretArn)?.rotation).toEqual(before);
  });

  it('tests the configuration of a rotated secret, whose rules also have calculated days', async () => {
    const { name, secretArn } = await credential();
    await world().rotate(secretArn);

    const diagnosis = await diagnosed(name, '--test');

    expect(diagnosis.exitCode).toBe(EXIT_CODES.done.code);
    expect(withStatus(diagnosis, 'ok')).toEqual([...STEPS, 'configuration-test']);
  });

  it('requires the name of a secret', async () => {
    expect((await runCli(world().sandbox, ['diagnose'])).exitCode).toBe(EXIT_CODES.usage.code);
  });
});

describe('diagnose reports no problem for', () => {
  it('an access token that has expired while the rotation works', async () => {
    const { name, secretArn } = await credential();
    await world().editSecret(secretArn, { expiresAt: '2020-01-01T00:00:00Z', accessToken: 'expired-token' });

    expect(await diagnosed(name)).toMatchObject({ exitCode: EXIT_CODES.done.code, healthy: true });
  });

  it('a failed rotation if somebody has stored a new login since', async () => {
    const subject = await credential();
    world().revokeUserOf(subject.clientId);
    await world().rotate(subject.secretArn);
    await world().authorizeAgain(subject);

    expect(await diagnosed(subject.name)).toMatchObject({ exitCode: EXIT_CODES.done.code, healthy: true });
  });

  it('a running rotation', async () => {
    const { name, secretArn } = await credential();
    const [entered, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    world().before('fetch', () => {
      entered.resolve();
      return released.promise;
    });
    const versionId = await world().rotateSecret(secretArn);
    await entered.promise;

    const diagnosis = await diagnosed(name);
    released.resolve();
    await world().outcome(secretArn, versionId);

    expect(diagnosis).toMatchObject({ exitCode: EXIT_CODES.done.code, healthy: true });
  });
});

describe('diagnose, when it cannot check everything,', () => {
  it('skips steps that depend on a problem', async () => {
    const diagnosis = await diagnosed('crm/none');

    expect(withStatus(diagnosis, 'skipped')).toEqual([
      'secret-key',
      'value',
      'rotation',
      'invocation',
      'permissions',
      'login',
      'labels',
      'last-execution',
      'in-time',
      'client',
      'access-token',
    ]);
  });

  it('reports that AWS does not accept the credentials, and skips the rest', async () => {
    const { name } = await credential();

    const { exitCode, stdout } = await runCli(world().sandbox, ['diagnose', name], {
      env: { AWS_SECRET_ACCESS_KEY: 'another-key' },
    });

    expect(exitCode).toBe(EXIT_CODES.unhealthy.code);
    expect(stdout).toContain('aws sts get-caller-identity');
    expect(stdout.split('\n').filter(line => line.startsWith('skipped '))).toHaveLength(STEPS.length - 1);
  });

  it('does not pass a step that the caller may not check', async () => {
    const { name } = await credential();
    const { faults } = world().sandbox;
    faults.add({ target: 'kms:DescribeKey', kind: 'access-denied' });

    const diagnosis = await diagnosed(name);
    faults.clear();

    expect(diagnosis).toMatchObject({ exitCode: EXIT_CODES.failed.code, healthy: false });
    expect(withStatus(diagnosis, 'skipped')).toEqual(['seal-key']);
  });
});
