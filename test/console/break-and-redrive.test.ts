import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, inject, it } from 'vitest';
import { giveUpRotation } from '../helpers/given-up-rotation.ts';
import { browserWorld } from './browser-world.ts';
import { takeScreenshot } from './screenshot.ts';

describe.skipIf(inject('browserPath') === '')('a rotation that is broken and redriven on the page', () => {
  const world = browserWorld();

  /** A credential that nothing has happened to, chosen on the page. */
  async function freshCredential(secretName: string): Promise<string> {
    const { secretArn } = await world().credential({ secretName });
    await world().page.chooseCredential(secretName);
    return secretArn;
  }

  /** Gives a rotation up by hand, once Secrets Manager has. */
  async function giveUp(secretArn: string): Promise<void> {
    const { secrets, sandbox } = world();
    await sandbox.secretsManager.rotationsIdle();
    await giveUpRotation(secrets, secretArn);
  }

  /** Lets a function crash before its work. */
  function crash(functionName: string): void {
    world().sandbox.faults.add({ target: `lambda:${functionName}`, kind: 'crash-before' });
  }

  /** Lets it crash no more. */
  function mend(functionName: string): void {
    const { faults } = world().sandbox;
    const { id } = faults.rules().find(({ rule }) => rule.target === `lambda:${functionName}`) ?? { id: 0 };
    faults.remove(id);
  }

  /**
   * The execution is seen to have failed in a state; the function of the state is mended, and Redrive pressed. From one
   * state to the next.
   */
  async function redriveThrough(
    states: readonly (readonly [state: string, functionName: string])[],
    mended: (functionName: string) => Promise<void> | void = mend,
  ) {
    const { page } = world();
    for (const [state, functionName] of states) {
      await page.seeState(state, 'failed');
      await page.seeExecution('FAILED');
      expect(await page.statePanel().textContent()).toContain('Runtime.ExitError');
      await mended(functionName);
      await page.button('Redrive').click();
      await page.seeState(state, 'succeeded');
      expect(await page.node(state).textContent()).toContain('redriven ×1');
    }
    await page.seeExecution('SUCCEEDED');
  }

  it('waits sealed in the execution while KMS refuses, and is finished by a redrive', async () => {
    await freshCredential('genesys/crm');
    const { page } = world();
    await page.switchFault('KMS refuses', true);

    await page.rotate();

    await page.seeExecution('FAILED');
    await page.seeState('StorePending', 'failed');
    expect(await page.statePanel().textContent()).toContain('AccessDeniedException');
    await page.page.locator('[data-works=false]').waitFor();
    await takeScreenshot(page, 'rotation-failed');
    await page.switchFault('KMS refuses', false);
    await page.button('Redrive').click();
    await page.seeState('Rotated', 'succeeded');
    await page.seeExecution('SUCCEEDED');
    await page.page.locator('[data-works=true]').waitFor();
    await takeScreenshot(page, 'rotation-redriven', 'dark');
    expect(await page.page.locator('.timeline .bar[data-status=failed]').count()).toBe(1);
    expect(await page.page.getByText('Hatched: between a failure and its redrive').count()).toBe(1);
  });

  it('fails in each state of the main path in turn, and goes on there', async () => {
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
    expect(await page.node('Promote').textContent()).toContain('retried ×1');
  });

  it('fails in StoreRecovered and VerifyResumed after a rotation that was given up, and goes on there', async () => {
    const secretArn = await freshCredential('genesys/recovered');
    const { page } = world();
    crash('store-pending');
    await page.rotate();
    await page.seeExecution('FAILED');
    await giveUp(secretArn);
    crash('verify');

    await page.rotate();

    await redriveThrough([
      ['StoreRecovered', 'store-pending'],
      ['VerifyResumed', 'verify'],
    ]);
    await page.seeState('Rotated', 'succeeded');
  });

  it('fails in RefreshPending after a rotation that was given up later, and goes on there', async () => {
    const secretArn = await freshCredential('genesys/refreshed');
    const { page } = world();
    crash('verify');
    await page.rotate();
    await page.seeExecution('FAILED');
    await giveUp(secretArn);
    mend('verify');
    crash('refresh');

    await page.rotate();

    await redriveThrough([['RefreshPending', 'refresh']]);
    await page.seeState('Rotated', 'succeeded');
  });

  it('fails in StandDown after a login in between, and ends as superseded', async () => {
    await freshCredential('genesys/superseded');
    const { page } = world();
    crash('store-pending');
    await page.rotate();
    await page.seeExecution('FAILED');
    await page.button('Log in again').click();
    await page.page.getByText('Login 2').waitFor();
    mend('store-pending');
    crash('promote');

    await page.button('Redrive').click();

    await page.seeState('StorePending', 'caught');
    await redriveThrough([['StandDown', 'promote']]);
    await page.seeState('Superseded', 'succeeded');
  });

  it('fails in CheckConfiguration when Secrets Manager only tests, and goes on there', async () => {
    const SecretId = await freshCredential('genesys/tested');
    const { page, secrets } = world();
    crash('verify');

    await secrets.send(new RotateSecretCommand({ SecretId, RotateImmediately: false }));

    await redriveThrough([['CheckConfiguration', 'verify']]);
    await page.seeState('ConfigurationChecked', 'succeeded');
  });

  it('loses the login with the answer of Genesys Cloud, and goes on after a new one', async () => {
    await freshCredential('genesys/lost');
    const { page } = world();
    const fault = 'Answer of Genesys Cloud is lost';
    await page.switchFault(fault, true);
    await page.rotate();
    await page.seeExecution('FAILED');
    await page.switchFault(fault, false);
    await page.button('Redrive').click();
    await page.statePanel().getByText('RefreshTokenRejected').first().waitFor();
    await page.page.locator('[data-works=false]').waitFor();
    await page.button('Log in again').click();
    await page.page.locator('[data-works=true]').waitFor();

    await page.button('Redrive').click();

    await page.seeExecution('SUCCEEDED');
    expect(await page.node('Refresh').textContent()).toContain('redriven ×2');
  });
});
