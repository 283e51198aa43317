import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, inject, it } from 'vitest';
import type { CredentialOptions, FirstCredential } from '../../sandbox/first-credential.ts';
import { abandonRotation } from '../helpers/abandoned-rotation.ts';
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

  /** Creates a credential and selects it on the page. */
  async function freshCredential(
    secretName: string,
    options: CredentialOptions = {},
  ): Promise<FirstCredential> {
    const credential = await world().credential({ secretName, ...options });
    await world().page.selectCredential(secretName);
    return credential;
  }

  /** Gives up a rotation manually, after Secrets Manager has stopped retrying. */
  async function giveUp(secretArn: string): Promise<void> {
    const { secrets, sandbox } = world();
    await sandbox.secretsManager.rotationsIdle();
    await abandonRotation(secrets, secretArn);
  }

  /** Makes a function crash before its work. */
  function crash(functionName: string): void {
    world().sandbox.faults.add({ target: `lambda:${functionName}`, kind: 'crash-before' });
  }

  /** Removes the fault that {@link crash} set. */
  function fix(functionName: string): void {
    const { faults } = world().sandbox;
    const { id } = faults.rules().find(({ rule }) => rule.target === `lambda:${functionName}`) ?? { id: 0 };
    faults.remove(id);
  }

  /** For each state, waits until the execution has failed there, fixes the state's function, and presses Redrive. */
  async function redriveThrough(
    states: readonly (readonly [state: string, functionName: string])[],
    fixFunction: (functionName: string) => Promise<void> | void = fix,
  ) {
    const { page } = world();
    for (const [state, functionName] of states) {
      await page.waitForState(state, 'failed');
      await page.waitForExecution('FAILED');
      await page.waitForDetails('Runtime.ExitError');
      await fixFunction(functionName);
      await page.button('Redrive').click();
      await page.waitForState(state, 'succeeded');
      await page.waitForTextOnState(state, 'redriven ×1');
    }
    await page.waitForExecution('SUCCEEDED');
  }

  it('keeps the new tokens sealed while KMS denies access, and succeeds after a redrive', async () => {
    await freshCredential('genesys/crm');
    const { page } = world();
    await page.switchFault('KMS denies access', true);

    await page.rotate();

    await page.waitForExecution('FAILED');
    await page.waitForState('StorePending', 'failed');
    await page.waitForDetails('AccessDeniedException');
    await page.page.locator('[data-works=false]').waitFor();
    await takeScreenshot(page, 'rotation-failed');
    await page.switchFault('KMS denies access', false);
    await page.button('Redrive').click();
    await page.waitForState('Rotated', 'succeeded');
    await page.waitForExecution('SUCCEEDED');
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
    await page.waitForState('Rotated', 'succeeded');
    await page.waitForTextOnState('Promote', 'retried ×4');
  });

  it('uses the tokens that a given-up rotation left in the journal, and does not refresh again', async () => {
    const { secretArn, clientId } = await freshCredential('genesys/recovered');
    const { page, sandbox } = world();
    crash('store-pending');
    await page.rotate();
    await page.waitForExecution('FAILED');
    await giveUp(secretArn);
    fix('store-pending');

    await page.rotate();

    await page.waitForState('Rotated', 'succeeded');
    await page.waitForExecution('SUCCEEDED');
    expect(sandbox.genesysCloud.counts(clientId).refreshes).toBe(1);
    await page.page.locator('[data-works=true]').waitFor();
  });

  it('fails in RefreshAgain when the pending token has expired, and resumes there', async () => {
    await freshCredential('genesys/refreshed', { tokenDurationSeconds: 300 });
    const { page, sandbox } = world();
    crash('verify');
    await page.rotate();
    await page.waitForExecution('FAILED');
    await sandbox.advance(600_000);
    fix('verify');
    crash('refresh');

    await page.button('Redrive').click();

    await page.waitForState('Verify', 'caught');
    await redriveThrough([['RefreshAgain', 'refresh']]);
    await page.waitForState('Rotated', 'succeeded');
  });

  it('returns from Promote to StorePending after an edit, and merges the tokens into the edited value', async () => {
    const { secretArn } = await freshCredential('genesys/edited');
    const { page, secrets } = world();
    crash('promote');
    await page.rotate();
    await page.waitForExecution('FAILED');
    await editCurrent(secrets, secretArn, { team: 'crm' });
    fix('promote');

    await page.button('Redrive').click();

    await page.waitForState('Rotated', 'succeeded');
    await page.waitForExecution('SUCCEEDED');
    await page.waitForTextOnState('StorePending', 'entered ×2');
    expect(await currentValue(secrets, secretArn)).toMatchObject({ team: 'crm' });
    await page.page.locator('[data-works=true]').waitFor();
  });

  it('fails in StandDown after a login during the rotation, and ends as superseded', async () => {
    await freshCredential('genesys/superseded');
    const { page } = world();
    crash('store-pending');
    await page.rotate();
    await page.waitForExecution('FAILED');
    await page.button('Log in again').click();
    await page.page.getByText('Login 2').waitFor();
    fix('store-pending');
    crash('promote');

    await page.button('Redrive').click();

    await page.waitForState('StorePending', 'caught');
    await redriveThrough([['StandDown', 'promote']]);
    await page.waitForState('Superseded', 'succeeded');
  });

  it('fails in CheckConfiguration during a configuration test, and resumes there', async () => {
    const { secretArn: SecretId } = await freshCredential('genesys/tested');
    const { page, secrets } = world();
    crash('verify');

    await secrets.send(new RotateSecretCommand({ SecretId, RotateImmediately: false }));

    await redriveThrough([['CheckConfiguration', 'verify']]);
    await page.waitForState('ConfigurationChecked', 'succeeded');
  });

  it('loses the grant when the response of Genesys Cloud is lost, and succeeds after a new login', async () => {
    await freshCredential('genesys/lost');
    const { page } = world();
    const fault = 'Genesys Cloud response is lost';
    await page.switchFault(fault, true);
    await page.rotate();
    await page.waitForExecution('FAILED');
    await page.switchFault(fault, false);
    await page.button('Redrive').click();
    await page.page.getByRole('button', { name: /^Refresh: failed, .*RefreshTokenRejected$/ }).waitFor();
    await page.waitForExecution('FAILED');
    await page.page.locator('[data-works=false]').waitFor();
    await page.button('Log in again').click();
    await page.page.locator('[data-works=true]').waitFor();

    await page.button('Redrive').click();

    await page.waitForExecution('SUCCEEDED');
    await page.waitForState('Rotated', 'succeeded');
    await page.waitForTextOnState('Refresh', 'redriven ×2');
  });
});
