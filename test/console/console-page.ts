import type { Locator, Page } from 'playwright-core';

/** The console as a user sees it. */
export class ConsolePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page and waits until it shows the state machine. */
  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.node('Fetch').waitFor();
  }

  /** A state of the graph. */
  node(state: string): Locator {
    return this.page.locator(`[data-state="${state}"]`);
  }

  /** The names of the states with a tone, in the order of the definition. */
  async statesWithTone(tone: string): Promise<string[]> {
    const nodes = await this.page.locator(`[data-tone="${tone}"]`).all();
    return Promise.all(nodes.map(async node => (await node.getAttribute('data-state')) ?? ''));
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  fault(name: string): Locator {
    return this.page.getByRole('switch', { name, exact: true });
  }

  /** Selects a credential. */
  async selectCredential(name: string): Promise<void> {
    await this.page.locator(`[data-credential="${name}"]`).click();
  }

  /** Rotates the credential, and waits until its execution is shown. */
  async rotate(): Promise<void> {
    const before = await this.executions().count();
    await this.button('Rotate now').click();
    await this.executions().nth(before).waitFor();
  }

  /** The entries of the list of executions, newest first. */
  executions(): Locator {
    return this.page.locator('[data-execution]');
  }

  /** Waits until the shown execution has a status. */
  async waitForExecution(status: string): Promise<void> {
    await this.page.locator(`[data-execution][data-status=${status}][aria-current=true]`).waitFor();
  }

  /** Waits until a state has a tone. */
  async waitForState(state: string, tone: string): Promise<void> {
    await this.page.locator(`[data-state="${state}"][data-tone=${tone}]`).waitFor();
  }

  /** Waits until a state shows a text. */
  async waitForTextOnState(state: string, text: string): Promise<void> {
    await this.node(state).filter({ hasText: text }).waitFor();
  }

  /** Waits until the panel with the details of a state shows a text. */
  async waitForDetails(text: string): Promise<void> {
    await this.statePanel().filter({ hasText: text }).waitFor();
  }

  /** Switches a fault on or off, and waits until the page shows it. */
  async switchFault(name: string, isOn: boolean): Promise<void> {
    await this.fault(name).click();
    await this.page
      .getByRole('switch', { name, exact: true, checked: isOn })
      .and(this.page.locator(`[aria-checked=${isOn}]`))
      .waitFor();
  }

  /** Switches the crash of a function before its work on or off. */
  async switchCrash(functionName: string, isOn: boolean): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Function that crashes' }).selectOption(functionName);
    await this.switchFault('A function crashes', isOn);
  }

  /** The panel with the details of a state. */
  statePanel(): Locator {
    return this.page.getByRole('region').filter({ has: this.page.locator('#state-heading') });
  }

  /** Presses a key until an element has the focus. */
  async pressUntilFocused(key: string, locator: Locator): Promise<void> {
    const target = await locator.elementHandle();
    for (let presses = 0; presses < 60; presses++) {
      if ((await target?.evaluate(element => element.matches(':focus'))) === true) return;
      await this.page.keyboard.press(key);
    }
    throw new Error(`${key} does not reach the element.`);
  }
}
