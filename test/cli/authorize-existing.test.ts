import { PutSecretValueCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import { runCli } from '../helpers/cli.ts';
import { type RunningCli, startCli } from '../helpers/cli-session.ts';
import { authorizeWorld, LOGIN_ADDRESS, SECRET } from './authorize-world.ts';

type World = Awaited<ReturnType<typeof authorizeWorld>>;

const jsonResult = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ versionId: v.string(), waitingExecutionArn: v.nullable(v.string()) }),
);

const RULES = { ScheduleExpression: 'rate(8 hours)', Duration: '1h' };

/** Runs the command, and logs a user in while it waits. */
async function authorized(world: World, args: readonly string[], person = world.user) {
  const cli = startCli(world, args);
  await loggedIn(world, cli, person);
  return await cli.ended;
}

async function loggedIn(world: World, cli: RunningCli, person = world.user): Promise<void> {
  const [address] = await cli.seen(LOGIN_ADDRESS);
  await world.logInThrough(address, person);
}

async function isCurrentLive(world: World): Promise<boolean> {
  const { accessToken } = await world.currentKeys();
  return world.sandbox.genesysCloud.isLive(fingerprintOf(String(accessToken)));
}

describe('authorize for an existing secret', () => {
  it('does not ask for values that are in the secret, and keeps its other keys', async () => {
    const world = await authorizeWorld();
    await world.storedCredential(',"number":12345678901234567890123,"nested":{"a":[1.50]}');
    const before = await world.currentKeys();

    const { exitCode } = await authorized(world, world.existingSecret('--yes'));

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(await world.currentText()).toContain('"number":12345678901234567890123,"nested":{"a":[1.50]}');
    const after = await world.currentKeys();
    expect(after).toMatchObject({ region: 'us-east-1', genesysUserId: world.user.userId });
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(await isCurrentLive(world)).toBe(true);
    const { VersionIdsToStages } = await world.describe();
    expect(
      Object.values(VersionIdsToStages ?? {})
        .flat()
        .toSorted(),
    ).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  });

  it('fills a secret of the stack whose keys are still empty', async () => {
    const world = await authorizeWorld();
    const arn = await world.storedCredential();
    await world.secrets.send(
      new PutSecretValueCommand({
        SecretId: arn,
        SecretString: '{"clientId":"","clientSecret":"","refreshToken":"","team":"night-shift"}',
      }),
    );
    const { args, env } = world.newSecret('--yes');

    const cli = startCli(world, args, { env });
    await loggedIn(world, cli);
    const { exitCode } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(await world.currentKeys()).toMatchObject({ clientId: world.client.clientId, team: 'night-shift' });
  });

  it.each(['{', '"text"', '[]'])('refuses to replace a value that is not a JSON object: %s', async value => {
    const world = await authorizeWorld();
    const arn = await world.storedCredential();
    await world.secrets.send(new PutSecretValueCommand({ SecretId: arn, SecretString: value }));

    const { exitCode } = await runCli(world.sandbox, world.existingSecret('--yes'));

    expect(exitCode).toBe(EXIT_CODES.refused.code);
    expect(await world.currentText()).toBe(value);
  });

  it('refuses when AWSCURRENT moved during the login', async () => {
    const world = await authorizeWorld();
    const arn = await world.storedCredential();
    const newer = JSON.stringify({ ...(await world.currentKeys()), team: 'night-shift' });

    const cli = startCli(world, world.existingSecret('--yes'));
    await cli.seen(LOGIN_ADDRESS);
    await world.secrets.send(new PutSecretValueCommand({ SecretId: arn, SecretString: newer }));
    await loggedIn(world, cli);
    const { exitCode } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.refused.code);
    expect(await world.currentText()).toBe(newer);
  });

  it('refuses a KMS key', async () => {
    const world = await authorizeWorld();
    await world.storedCredential();

    const { exitCode } = await runCli(
      world.sandbox,
      world.existingSecret('--yes', '--kms-key', 'alias/some-key'),
    );

    expect(exitCode).toBe(EXIT_CODES.usage.code);
  });
});

describe('authorize with another user', () => {
  it('refuses while the access token works', async () => {
    const world = await authorizeWorld();
    await world.storedCredential();
    const before = await world.currentText();

    const { exitCode, stderr } = await authorized(world, world.existingSecret('--yes'), world.otherUser);

    expect(exitCode).toBe(EXIT_CODES.refused.code);
    expect(stderr).toContain(world.otherUser.userId);
    expect(await world.currentText()).toBe(before);
  });

  it('refuses when the access token no longer works and authorize has stored the user', async () => {
    const world = await authorizeWorld();
    await world.storedCredential(`,"genesysUserId":"${world.user.userId}"`);
    world.sandbox.genesysCloud.revokeUser(world.user.userId);
    const before = await world.currentText();

    const { exitCode } = await authorized(world, world.existingSecret('--yes'), world.otherUser);

    expect(exitCode).toBe(EXIT_CODES.refused.code);
    expect(await world.currentText()).toBe(before);
  });

  it('stores the tokens with --other-user', async () => {
    const world = await authorizeWorld();
    await world.storedCredential();

    const args = world.existingSecret('--yes', '--other-user');
    const { exitCode } = await authorized(world, args, world.otherUser);

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(await world.currentKeys()).toMatchObject({ genesysUserId: world.otherUser.userId });
  });

  it('reports that the previous user is unknown when nothing identifies it', async () => {
    const world = await authorizeWorld();
    await world.storedCredential();
    world.sandbox.genesysCloud.revokeUser(world.user.userId);

    const { exitCode, stderr } = await authorized(world, world.existingSecret('--yes'), world.otherUser);

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(stderr).toMatch(/Previous user +unknown: the access token in the secret no longer works/);
  });
});

describe('authorize with another client', () => {
  it('refuses before anybody logs in', async () => {
    const world = await authorizeWorld();
    await world.storedCredential();
    const { clientId } = world.newClient();
    const before = await world.currentText();

    const result = await runCli(world.sandbox, world.existingSecret('--yes', '--client-id', clientId));

    expect(result.exitCode).toBe(EXIT_CODES.refused.code);
    expect(result.stderr).not.toMatch(LOGIN_ADDRESS);
    expect(await world.currentText()).toBe(before);
  });

  it('also refuses another region', async () => {
    const world = await authorizeWorld();
    await world.storedCredential();

    const result = await runCli(
      world.sandbox,
      world.existingSecret('--yes', '--genesys-region', 'eu-central-1'),
    );

    expect(result.exitCode).toBe(EXIT_CODES.refused.code);
  });

  it('never sends the secret of one client with the id of another', async () => {
    const world = await authorizeWorld();
    await world.storedCredential();
    const { clientId } = world.newClient();

    const args = world.existingSecret('--yes', '--other-client', '--client-id', clientId);
    const { exitCode, stderr } = await runCli(world.sandbox, args);

    expect(exitCode).toBe(EXIT_CODES.usage.code);
    expect(stderr).toContain('GENESYS_CLIENT_SECRET');
  });

  it('stores the tokens with --other-client', async () => {
    const world = await authorizeWorld();
    await world.storedCredential();
    const { clientId, clientSecret } = world.newClient();

    const args = world.existingSecret('--yes', '--other-client', '--client-id', clientId);
    const cli = startCli(world, args, { env: { GENESYS_CLIENT_SECRET: clientSecret } });
    await loggedIn(world, cli);
    const { exitCode } = await cli.ended;

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(await world.currentKeys()).toMatchObject({ clientId, clientSecret });
  });
});

describe('authorize and rotations', () => {
  it('lets a failed rotation succeed when it is redriven', async () => {
    const world = await authorizeWorld({ secretsManager: { retryDelaysMs: [] } });
    const { sandbox, secrets, stepFunctions } = world;
    const arn = await world.storedCredential();
    sandbox.secretsManager.enableRotation(arn, sandbox.rotationFunctionArn, RULES);
    sandbox.genesysCloud.revokeUser(world.user.userId);
    const { VersionId = '' } = await secrets.send(new RotateSecretCommand({ SecretId: arn }));
    const failed = await sandbox.secretsManager.rotationOutcome(arn, VersionId);

    const { exitCode, stdout } = await authorized(world, world.existingSecret('--yes', '--json'));
    const { waitingExecutionArn, ...result } = v.parse(jsonResult, stdout);
    const executionArn = waitingExecutionArn ?? '';
    await stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
    const redriven = await sandbox.stepFunctions.executionClosed(executionArn);

    expect(failed.status).toBe('failed');
    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(result.next).toBe(`genesys-token-rotation redrive ${SECRET}`);
    expect(redriven.status).toBe('SUCCEEDED');
    expect(await isCurrentLive(world)).toBe(true);
    expect(await world.currentKeys()).toMatchObject({ genesysUserId: world.user.userId });
  });

  it('does not suggest a redrive of a failed configuration test', async () => {
    const world = await authorizeWorld({ secretsManager: { retryDelaysMs: [] } });
    const { sandbox, secrets } = world;
    const arn = await world.storedCredential();
    sandbox.secretsManager.enableRotation(arn, sandbox.rotationFunctionArn, RULES);
    await secrets.send(
      new PutSecretValueCommand({
        SecretId: arn,
        SecretString: '{"clientId":"","clientSecret":"","refreshToken":""}',
      }),
    );
    const { VersionId = '' } = await secrets.send(
      new RotateSecretCommand({ SecretId: arn, RotateImmediately: false }),
    );
    const tested = await sandbox.secretsManager.rotationOutcome(arn, VersionId);
    const { args, env } = world.newSecret('--yes', '--json');

    const cli = startCli(world, args, { env });
    await loggedIn(world, cli);
    const { exitCode, stdout } = await cli.ended;

    expect(tested.status).toBe('failed');
    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(v.parse(jsonResult, stdout)).toMatchObject({ waitingExecutionArn: null, next: null });
  });

  it("enables rotation with the stack's schedule, and the first scheduled rotation succeeds", async () => {
    const world = await authorizeWorld();
    const { sandbox } = world;
    const { args, env } = world.newSecret('--yes', '--json', '--rotate-with', 'genesys-token-rotation');

    const cli = startCli(world, args, { env });
    await loggedIn(world, cli);
    const { exitCode, stdout } = await cli.ended;
    const { versionId } = v.parse(jsonResult, stdout);
    const { RotationLambdaARN, RotationRules } = await world.describe();
    await sandbox.secretsManager.rotationsIdle();
    await sandbox.advance(9 * 3_600_000);
    await sandbox.secretsManager.rotationsIdle();

    expect(exitCode).toBe(EXIT_CODES.done.code);
    expect(RotationLambdaARN).toBe(sandbox.rotationFunctionArn);
    expect(RotationRules).toMatchObject(RULES);
    const { VersionIdsToStages } = await world.describe();
    expect(VersionIdsToStages?.[versionId]).toEqual(['AWSPREVIOUS']);
    expect(sandbox.genesysCloud.counts(world.client.clientId).refreshes).toBe(1);
    expect(await isCurrentLive(world)).toBe(true);
  });

  it('finds the deployment before anybody logs in', async () => {
    const world = await authorizeWorld();
    const { args, env } = world.newSecret('--yes', '--rotate-with', 'another-stack');

    const { exitCode, stderr } = await runCli(world.sandbox, args, { env });

    expect(exitCode).toBe(EXIT_CODES.failed.code);
    expect(stderr).not.toMatch(LOGIN_ADDRESS);
  });
});
