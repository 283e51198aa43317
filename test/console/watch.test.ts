import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Locator } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { storedSecrets } from '../helpers/stored-secrets.ts';
import { accessibilityProblems } from './accessibility.ts';
import { browserWorld } from './browser-world.ts';
import { takeScreenshot } from './screenshot.ts';

const MAIN_PATH = ['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'Rotated'];

describe.skipIf(inject('browserPath') === '')('the console in a browser', () => {
  const world = browserWorld();

  /** Creates a credential and selects it on the shared page. */
  async function freshCredential(secretName: string): Promise<string> {
    const { secretArn } = await world().credential({ secretName });
    await world().page.selectCredential(secretName);
    return secretArn;
  }

  it('shows a rotation from start to end, and no secrets', async () => {
    await freshCredential('genesys/crm');
    const { page, sandbox } = world();
    const before = await page.page.locator('.consumer .fingerprint').textContent();

    await page.rotate();

    await page.waitForState('Rotated', 'succeeded');
    await page.waitForExecution('SUCCEEDED');
    await page.page.getByText('idle', { exact: true }).waitFor();
    await takeScreenshot(page, 'rotation-succeeded');
    expect(await page.statesWithTone('succeeded')).toEqual(
      expect.arrayContaining(MAIN_PATH.toSorted((one, other) => one.localeCompare(other))),
    );
    expect(await page.statesWithTone('none')).toHaveLength(6);
    const after = await page.page.locator('.consumer .fingerprint').textContent();
    expect(after).toMatch(/^[0-9a-f]{16}$/);
    expect(after).not.toBe(before);
    expect(await page.page.locator('.timeline tbody th').allTextContents()).toEqual(MAIN_PATH);
    expect(await page.page.locator('.versions .label').allTextContents()).toEqual([
      'AWSCURRENT',
      'AWSPREVIOUS',
    ]);

    await page.page.evaluate(`document.querySelectorAll('.disclosure').forEach(event => event.click())`);
    await page.page.locator('.event-details').nth(20).waitFor();
    await page.node('StorePending').click();
    const text = await page.page.content();
    expect(text).toContain('"sealedPair"');
    for (const secret of storedSecrets(sandbox)) expect(text.includes(secret)).toBe(false);
    expect(await accessibilityProblems(page.page)).toEqual([]);
    await page.page.keyboard.press('Escape');
  });

  it('shows input, output and attempts of a state', async () => {
    const { page } = world();

    await page.node('Refresh').click();

    const panel = page.statePanel();
    await panel.getByRole('heading', { name: 'Refresh' }).waitFor();
    await panel.getByText('Input', { exact: true }).click();
    await panel.getByText('Output', { exact: true }).click();
    expect(await panel.locator('.json').first().innerText()).toContain(
      '"secretArn": "arn:aws:secretsmanager:',
    );
    expect(await panel.locator('.json').nth(2).innerText()).toContain('"expiresAt"');
    expect(await panel.locator('.attempts tbody tr').count()).toBe(1);
    await page.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.button('Copy ARN of the execution').click();
    await page.page.getByText('Copied').waitFor();
    expect(await page.page.evaluate('navigator.clipboard.readText()')).toContain(':execution:');
    expect(await panel.locator('.is-taken').innerText()).toContain('StorePending');
    await panel.getByRole('button', { name: 'Follow' }).click();
    await panel.getByRole('heading', { name: 'Rotated' }).waitFor();
  });

  it('advances the clock to the next scheduled rotation', async () => {
    const { page } = world();
    const before = await page.executions().count();

    await page.page.getByRole('combobox', { name: 'Clock step' }).selectOption('9 hours');
    await page.button('Advance clock').click();

    await page.executions().nth(before).waitFor();
    await page.button('Advance clock').waitFor();
    await page.waitForExecution('SUCCEEDED');
  });

  it('updates two windows, each with its own selection', async () => {
    const { page } = world();
    const other = await world().open();
    await freshCredential('genesys/two');
    await page.node('Verify').click();
    const list = other.page.getByRole('region', { name: 'Executions' }).locator('ol');
    await list.evaluate((element: { scrollTop: number; readonly style: { maxHeight: string } }) => {
      // Too small to show all entries.
      element.style.maxHeight = '50px';
      element.scrollTop = 9_999;
    });

    await page.rotate();

    await Promise.all([page, other].map(window => window.waitForState('Rotated', 'succeeded')));
    await Promise.all([page, other].map(window => window.waitForExecution('SUCCEEDED')));
    expect(await other.executions().count()).toBe(await page.executions().count());
    expect(await list.evaluate((element: { readonly scrollTop: number }) => element.scrollTop)).toBeLessThan(
      9,
    );
    await page.node('Verify').click();
    await page.statePanel().getByRole('heading', { name: 'Verify' }).waitFor();
    expect(await other.statePanel().getByRole('heading').first().innerText()).toBe('Rotated');
    await page.page.keyboard.press('Escape');
  });

  it('keeps its selection after a reload, and stops and redrives an execution', async () => {
    await freshCredential('genesys/reload');
    const { page, sandbox } = world();
    const fault = sandbox.faults.add({ target: 'genesys:token', kind: 'hang' });
    await page.rotate();
    await page.waitForState('Refresh', 'running');
    await page.node('Fetch').click();

    await page.page.reload();

    await page.waitForState('Refresh', 'running');
    await page.waitForState('Route', 'succeeded');
    await page.statePanel().getByRole('heading', { name: 'Fetch' }).waitFor();
    await page.button('Rotate now').click();
    await page.page.getByRole('alert').getByText('rotation').waitFor();
    await page.page.getByRole('alert').getByRole('button', { name: 'Show execution' }).click();
    await page.page.locator('.error-bar.is-empty').waitFor({ state: 'attached' });
    sandbox.faults.remove(fault);
    await page.button('Stop').click();
    await page.waitForState('Refresh', 'stopped');
    await page.waitForExecution('ABORTED');
    await page.button('Redrive').click();
    await page.waitForExecution('SUCCEEDED');
    await page.waitForState('Rotated', 'succeeded');
    await page.waitForTextOnState('Refresh', 'redriven ×1');
  });

  it('marks the alternate token of a secret with two grants', async () => {
    const SecretId = await freshCredential('genesys/two-grants');
    const { page, secrets } = world();
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    const value = JSON.parse(SecretString) as { readonly refreshToken: string };

    await secrets.send(
      new PutSecretValueCommand({
        SecretId,
        SecretString: JSON.stringify({ ...value, alternateRefreshToken: value.refreshToken }),
      }),
    );

    await page.page.locator('.versions tr', { hasText: 'AWSCURRENT' }).getByText('alternate').waitFor();
    await page.page.locator('.lineages summary').getByText('alternate').waitFor();
  });

  it('revokes the tokens, and logs in again', async () => {
    await freshCredential('genesys/revoked');
    const { page } = world();
    const consumer = page.page.locator('.consumer');

    await page.button('Revoke tokens').click();
    await consumer.getByText('Consumers hold an access token that no longer works.').waitFor();
    await page.page.locator('[data-credential="genesys/revoked"][data-health=expired]').waitFor();
    await page.button('Log in again').click();
    await consumer.getByText('Consumers hold a working access token.').waitFor();
    await page.page.locator('[data-credential="genesys/revoked"][data-health=healthy]').waitFor();

    expect(await page.page.locator('[data-lineage-live]').count()).toBe(2);
    expect(await page.page.locator('[data-lineage-live=true]').count()).toBe(1);
  });

  it('sets preset faults with switches, and other faults as rules', async () => {
    const { page, sandbox } = world();
    const rules = () => sandbox.faults.rules().map(({ text }) => text);
    for (const fault of await page.page.getByRole('switch').all()) await fault.click();
    await page.page.getByText('6 on').waitFor();
    expect(rules()).toEqual([
      'genesys:*=server-error',
      'genesys:*=throttled',
      'genesys:token=response-lost',
      'kms:Decrypt=access-denied',
      'secretsmanager:PutSecretValue=throttled,by=store-pending',
      'lambda:fetch=crash-before',
    ]);

    const line = page.page.getByRole('textbox', { name: 'Another fault rule' });
    await line.fill('lambda:verify=timeout-after,nth=1');
    await line.press('Enter');
    await page.page.getByText('7 on').waitFor();
    await page.button('Remove lambda:verify=timeout-after,nth=1').click();
    for (const fault of await page.page.getByRole('switch').all()) await fault.click();
    await page.page.locator('.faults summary').getByText('none').waitFor();
    expect(rules()).toEqual([]);

    await line.fill('nonsense');
    await line.press('Enter');
    await page.page.getByRole('alert').getByText("Bad fault 'nonsense'").waitFor();
    await page.button('Dismiss').click();
  });

  it('breaks, inspects and redrives a rotation with the keyboard alone', async () => {
    await world().credential({ secretName: 'genesys/keys' });
    const page = await world().open();
    await page.selectCredential('genesys/keys');
    const { keyboard } = page.page;
    const focusedState = () => page.page.locator('[data-state]:focus');
    await page.pressUntilFocused('Tab', page.fault('KMS denies access'));
    await keyboard.press('Space');
    await page.page.getByText('1 on').waitFor();
    await page.pressUntilFocused('Shift+Tab', page.button('Rotate now'));
    await keyboard.press('Enter');
    await page.waitForState('StorePending', 'failed');
    await page.waitForExecution('FAILED');

    await page.pressUntilFocused('Tab', page.node('StorePending'));
    await keyboard.press('ArrowUp');
    await page.node('Refresh').and(focusedState()).waitFor();
    await keyboard.press('Enter');
    await page.statePanel().getByRole('heading', { name: 'Refresh' }).waitFor();
    expect(await page.node('Refresh').getAttribute('aria-pressed')).toBe('true');
    expect(await page.node('Refresh').getAttribute('aria-label')).toBe('Refresh: succeeded');
    expect(await page.page.locator('.node:focus-visible .node-ring').count()).toBe(1);
    await keyboard.press('Escape');
    await page.statePanel().getByRole('heading', { name: 'StorePending' }).waitFor();
    await page.pressUntilFocused('Shift+Tab', page.fault('KMS denies access'));
    await keyboard.press('Space');
    await page.page.locator('.faults summary').getByText('none').waitFor();
    await page.pressUntilFocused('Tab', page.button('Redrive'));
    await keyboard.press('Enter');

    await page.waitForExecution('SUCCEEDED');
    const announced = page.page.getByRole('status').getByText('Succeeded after a redrive in Rotated.');
    await announced.waitFor({ state: 'attached' });
  });

  it('fits a narrow window in one column, with the current state visible', async () => {
    const page = await world().open({ viewport: { width: 390, height: 800 } });

    expect(await accessibilityProblems(page.page)).toEqual([]);
    await page.page.getByRole('button', { name: 'genesys/crm healthy', exact: true }).waitFor();
    const columns = await page.page.locator('main > *').all();
    const lefts = await Promise.all(columns.map(async column => (await column.boundingBox())?.x));
    expect(new Set(lefts)).toEqual(new Set([10]));
    expect(await page.page.locator('.faults').getAttribute('open')).toBeNull();
    const state = await page.page.locator('.node.is-shown').boundingBox();
    expect(state?.x).toBeGreaterThanOrEqual(0);
    expect((state?.x ?? 0) + (state?.width ?? 0)).toBeLessThanOrEqual(390);
    const isInView = async (panel: Locator): Promise<boolean> => {
      const { y, height } = (await panel.boundingBox()) ?? { y: 0, height: 0 };
      return y < 800 - 100 && y + height > 100;
    };
    const consumer = page.page.locator('.consumer');
    expect(await isInView(consumer)).toBe(true);
    await page.node('Fetch').click();
    await expect.poll(() => isInView(page.statePanel())).toBe(true);
    await page.selectCredential('genesys/two');
    await expect.poll(() => isInView(consumer)).toBe(true);
  });

  it('follows dark mode, reduced motion and forced colours', async () => {
    const { sandbox, credential } = world();
    await credential({ secretName: 'genesys/dark' });
    const page = await world().open({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await page.selectCredential('genesys/dark');
    sandbox.faults.add({ target: 'genesys:token', kind: 'hang' });
    await page.rotate();
    await page.waitForState('Refresh', 'running');
    const style = (element: string, property: string) =>
      page.page.evaluate(`getComputedStyle(document.querySelector('${element}')).${property}`);

    expect(await accessibilityProblems(page.page)).toEqual([]);
    expect(await style('body', 'backgroundColor')).toBe('rgb(16, 20, 25)');
    expect(await style('.icon-running', 'animationName')).toBe('none');
    await page.page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' });
    expect(await style('body', 'backgroundColor')).toBe('rgb(243, 245, 248)');
    expect(await style('.icon-running', 'animationName')).toBe('turn');
    await page.page.emulateMedia({ forcedColors: 'active' });
    expect(await accessibilityProblems(page.page)).toEqual([]);
    expect(await style('.tone-running .node-shape', 'fill')).toBe(await style('body', 'backgroundColor'));
  });

  it('reports that the sandbox has stopped', async () => {
    const { page, closeServer } = world();

    await closeServer();

    await page.page.getByRole('alert').getByText('The sandbox does not respond').waitFor();
  });
});
