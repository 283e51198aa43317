import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { runCli } from '../helpers/cli.ts';
import { openCliTerminal } from '../helpers/cli-terminal.ts';
import { diagnoseWorld, STEPS, withStatus } from './diagnose-world.ts';

const { world, credential, diagnosed } = diagnoseWorld();

describe('diagnose', () => {
  it('finds all well after a rotation', async () => {
    const { name, secretArn } = await credential();
    await world().rotate(secretArn);

    const diagnosis = await diagnosed(name);

    expect(diagnosis).toMatchObject({ exitCode: EXIT_CODES.done.code, healthy: true });
    expect(diagnosis.firstWrong).toBeUndefined();
    expect(withStatus(diagnosis, 'ok')).toEqual(STEPS);
  });

  it('finds all well before the first rotation, by the ARN, and names the smoke test', async () => {
    const { secretArn } = await credential();

    const { exitCode, stdout, stderr } = await runCli(world().sandbox, ['diagnose', secretArn], {
      ownProcess: true,
    });

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(stderr).toBe('');
    expect(stdout).toContain(`npm run cli -- rotate ${secretArn}`);
    expect(stdout.split('\n').filter(line => line.startsWith('ok '))).toHaveLength(STEPS.length);
  });

  it('shows in colour on a terminal what is well and what is wrong', async () => {
    const { name, clientId } = await credential();
    world().sandbox.genesysCloud.deleteClient(clientId);

    const { exitCode, screen, raw } = await openCliTerminal(world(), ['diagnose', name]).ended;

    expect(exitCode).toBe(EXIT_CODES.unhealthy.code);
    expect(screen).toContain('The first thing that is wrong is client.');
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

  it('lets Secrets Manager test the configuration with --test, and keeps the schedule', async () => {
    const { name, secretArn } = await credential();
    const { secretsManager } = world().sandbox;
    const before = secretsManager.secret(secretArn)?.rotation;

    const diagnosis = await diagnosed(name, '--test');

    expect(diagnosis.exitCode).toBe(EXIT_CODES.done.code);
    expect(withStatus(diagnosis, 'ok')).toEqual([...STEPS, 'configuration-test']);
    expect(secretsManager.secret(secretArn)?.rotation).toEqual(before);
  });

  it('tests the configuration of a secret that was rotated, whose rules have calculated days beside them', async () => {
    const { name, secretArn } = await credential();
    await world().rotate(secretArn);

    const diagnosis = await diagnosed(name, '--test');

    expect(diagnosis.exitCode).toBe(EXIT_CODES.done.code);
    expect(withStatus(diagnosis, 'ok')).toEqual([...STEPS, 'configuration-test']);
  });

  it('asks for the name of a secret', async () => {
    expect((await runCli(world().sandbox, ['diagnose'])).exitCode).toBe(EXIT_CODES.usage.code);
  });
});

describe('diagnose does not call wrong', () => {
  it('an access token that has expired while the rotation works', async () => {
    const { name, secretArn } = await credential();
    await world().mend(secretArn, { expiresAt: '2020-01-01T00:00:00Z', accessToken: 'expired-token' });

    expect(await diagnosed(name)).toMatchObject({ exitCode: EXIT_CODES.done.code, healthy: true });
  });

  it('a failed rotation after which somebody has stored a new login', async () => {
    const subject = await credential();
    world().revokeUserOf(subject.clientId);
    await world().rotate(subject.secretArn);
    await world().authorizeAgain(subject);

    expect(await diagnosed(subject.name)).toMatchObject({ exitCode: EXIT_CODES.done.code, healthy: true });
  });

  it('a rotation that runs', async () => {
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

describe('diagnose, where it cannot look,', () => {
  it('skips what depends on what is wrong', async () => {
    const diagnosis = await diagnosed('crm/none');

    expect(withStatus(diagnosis, 'skipped')).toEqual([
      'secret-key',
      'value',
      'rotation',
      'invocation',
      'permissions',
      'labels',
      'last-execution',
      'in-time',
      'client',
      'access-token',
    ]);
  });

  it('says whom AWS does not know, and goes no further', async () => {
    const { name } = await credential();

    const { exitCode, stdout } = await runCli(world().sandbox, ['diagnose', name], {
      env: { AWS_SECRET_ACCESS_KEY: 'another-key' },
    });

    expect(exitCode).toBe(EXIT_CODES.unhealthy.code);
    expect(stdout).toContain('aws sts get-caller-identity');
    expect(stdout.split('\n').filter(line => line.startsWith('skipped '))).toHaveLength(STEPS.length - 1);
  });

  it('does not call well what the caller may not see', async () => {
    const { name } = await credential();
    const { faults } = world().sandbox;
    faults.add({ target: 'kms:DescribeKey', kind: 'access-denied' });

    const diagnosis = await diagnosed(name);
    faults.clear();

    expect(diagnosis).toMatchObject({ exitCode: EXIT_CODES.failed.code, healthy: false });
    expect(withStatus(diagnosis, 'skipped')).toEqual(['seal-key']);
  });
});
