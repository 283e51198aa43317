import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, inject, it } from 'vitest';
import type { CredentialOptions, FirstCredential } from '../../sandbox/first-credential.ts';
import { giveUpRotation } from '../helpers/given-up-rotation.ts';
import { browserWorld } from './browser-world.ts';
import { takeScreenshot } from './screenshot.ts';

async function currentValue(secrets: SecretsManagerClient, SecretId: string): Promise<object> {
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  return JSON.parse(SecretString) as object;
}

/** Changes keys of AWSCURRENT, as an edit in the Secrets Manager console does. */
async function editCurrent(secrets: SecretsManagerClient, SecretId: string, changes: object): Promise<void> {
  const value = { ...(await currentValue(secrets, SecretId)), ...changes };
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }));
}

describe.skipIf(inject('browserPath') === '')('a rotation that is broken and redriven in the console', () => {
  const world = browserWorld();

  /** A new credential, selected on the page. */
  async function freshCredential(
    secretName: string,
    options: CredentialOptions = {},
  ): Promise<FirstCredential> {
    const credential = await world().credential({ secretName, ...options });
    await world().page.chooseCredential(secretName);
    return credential;
  }

  /** Gives up a rotation by hand, after Secrets Manager has. */
  async function giveUp(secretArn: string): Promise<void> {
    const { secrets, sandbox } = world();
    await sandbox.secretsManager.rotationsIdle();
    await giveUpRotation(secrets, secretArn);
  }

  /** Makes a function crash before its work. */
  function crash(functionName: string): void {
    world().sandbox.faults.add({ target: `lambda:${functionName}`, kind: 'crash-before' });
  }

  /** Stops that. */
  function fix(functionName: string): void {
    const { faults } = world().sandbox;
    const { id } = faults.rules().find(({ rule }) => rule.target === `lambda:${functionName}`) ?? { id: 0 };
    faults.remove(id);
  }

  /** For each state: waits until the execution has failed there, fixes the state's function, and presses Redrive. */
  async function redriveThrough(
    states: readonly (readonly [state: string, functionName: string])[],
    fixFunction: (functionName: string) => Promise<void> | void = fix,
  ) {
    const { page } = world();
    for (const [state, functionName] of states) {
      await page.seeState(state, 'failed');
      await page.seeExecution('FAILED');
      await page.seeDetails('Runtime.ExitError');
      await fixFunction(functionName);
      await page.button('Redrive').click();
      await page.seeState(state, 'succeeded');
      await page.seeOnState(state, 'redriven ×1');
    }
    await page.seeExecution('SUCCEEDED');
  }

  it('keeps the new tokens sealed while KMS refuses, and succeeds after a redrive', async () => {
    await freshCredential('genesys/crm');
    const { page } = world();
    await page.switchFault('KMS refuses', true);

    await page.rotate();

    await page.seeExecution('FAILED');
    await page.seeState('StorePending', 'failed');
    await page.seeDetails('AccessDeniedException');
    await page.page.locator('[data-works=false]').waitFor();
    await takeScreenshot(page, 'rotation-failed');
    await page.switchFault('KMS refuses', false);
    await page.button('Redrive').click();
    await page.seeState('Rotated', 'succeeded');
    await page.seeExecution('SUCCEEDED');
    await page.page.locator('[data-works=true]').waitFor();
    await takeScreenshot(page, 'rotation-redriven', 'dark');
    await expect.poll(() => page.page.locator('.timeline .bar[data-status=failed]').count()).toBe(1);
    expect(await page.page.getByText('Hatched: time between a failure and its redrive').count()).toBe(1);
  });

  it('fails in each state of the main path in turn, and resumes there', async () => {
    await freshCredential('genesys/main-path');
    const { page } = world();
    const functions = ['fetch', 'refresh', 'store-pending', 'verify', 'promote'];
    for (const functionName of functions) await page.switchCrash(functionName, true);

    await page.rotate();

    await redriveThrough(
      [
        ['Fetch', 'fetch'],
        ['Refresh', 'refresh'],
        ['StorePending', 'store-pending'],
        ['Verify', 'verify'],
        ['Promote', 'promote'],
      ],
      functionName => page.switchCrash(functionName, false),
    );
    await page.seeState('Rotated', 'succeeded');
    await page.seeOnState('Promote', 'retried ×4');
  });

  it('finds the tokens of a rotation that was given up in the journal, and refreshes no second time', async () => {
    const { secretArn, clientId } = await freshCredential('genesys/recovered');
    const { page, sandbox } = world();
    crash('store-pending');
    await page.rotate();
    await page.seeExecution('FAILED');
    await giveUp(secretArn);
    fix('store-pending');

    await page.rotate();

    await page.seeState('Rotated', 'succeeded');
    await page.seeExecution('SUCCEEDED');
    expect(sandbox.genesysCloud.counts(clientId).refreshes).toBe(1);
    await page.page.locator('[data-works=true]').waitFor();
  });

  it('fails in RefreshAgain after the pending token has expired, and resumes there', async () => {
    await freshCredential('genesys/refreshed', { tokenDurationSeconds: 300 });
    const { page, sandbox } = world();
    crash('verify');
    await page.rotate();
    await page.seeExecution('FAILED');
    await sandbox.advance(600_000);
    fix('verify');
    crash('refresh');

    await page.button('Redrive').click();

    await page.seeState('Verify', 'caught');
    await redriveThrough([['RefreshAgain', 'refresh']]);
    await page.seeState('Rotated', 'succeeded');
  });

  it('returns from Promote to StorePending after an edit, and merges the tokens into the edited value', async () => {
    const { secretArn } = await freshCredential('genesys/edited');
    const { page, secrets } = world();
    crash('promote');
    await page.rotate();
    await page.seeExecution('FAILED');
    await editCurrent(secrets, secretArn, { team: 'crm' });
    fix('promote');

    await page.button('Redrive').click();

    await page.seeState('Rotated', 'succeeded');
    await page.seeExecution('SUCCEEDED');
    await page.seeOnState('StorePending', 'entered ×2');
    expect(await currentValue(secrets, secretArn)).toMatchObject({ team: 'crm' });
    await page.page.locator('[data-works=true]').waitFor();
  });

  it('fails in StandDown after a login during the rotation, and ends as superseded', async () => {
    await freshCredential('genesys/superseded');
    const { page } = world();
    crash('store-pending');
    await page.rotate();
    await page.seeExecution('FAILED');
    await page.button('Log in again').click();
    await page.page.getByText('Login 2').waitFor();
    fix('store-pending');
    crash('promote');

    await page.button('Redrive').click();

    await page.seeState('StorePending', 'caught');
    await redriveThrough([['StandDown', 'promote']]);
    await page.seeState('Superseded', 'succeeded');
  });

  it('fails in CheckConfiguration in a configuration test, and resumes there', async () => {
    const { secretArn: SecretId } = await freshCredential('genesys/tested');
    const { page, secrets } = world();
    crash('verify');

    await secrets.send(new RotateSecretCommand({ SecretId, RotateImmediately: false }));

    await redriveThrough([['CheckConfiguration', 'verify']]);
    await page.seeState('ConfigurationChecked', 'succeeded');
  });

  it('loses the login with the response of Genesys Cloud, and succeeds after a new login', async () => {
    await freshCredential('genesys/lost');
    const { page } = world();
    const fault = 'Response of Genesys Cloud is lost';
    await page.switchFault(fault, true);
    await page.rotate();
    await page.seeExecution('FAILED');
    await page.switchFault(fault, false);
    await page.button('Redrive').click();
    await page.page.getByRole('button', { name: /^Refresh: failed, .*RefreshTokenRejected$/ }).waitFor();
    await page.seeExecution('FAILED');
    await page.page.locator('[data-works=false]').waitFor();
    await page.button('Log in again').click();
    await page.page.locator('[data-works=true]').waitFor();

    await page.button('Redrive').click();

    await page.seeExecution('SUCCEEDED');
    await page.seeState('Rotated', 'succeeded');
    await page.seeOnState('Refresh', 'redriven ×2');
  });
});
