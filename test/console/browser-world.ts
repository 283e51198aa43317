import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished } from 'vitest';
import { buildPage } from '../../sandbox/console/build-page.ts';
import { consoleServer } from '../../sandbox/console/console-server.ts';
import type { CredentialOptions, FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../helpers/sandbox.ts';
import { ConsolePage } from './console-page.ts';

/** A browser that calls nobody by itself. */
const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

const WINDOW = { width: 1280, height: 760 };

/** Where a person lets the sandbox do something. */
const ACTIONS = /^\/(?:faults|secrets|executions|clock)\b/;

/** A sandbox with its console, and a browser to look at it. */
export interface BrowserWorld {
  readonly sandbox: Sandbox;
  readonly secrets: SecretsManagerClient;
  readonly credential: (options?: CredentialOptions) => Promise<FirstCredential>;
  /** A window with the console that the tests of the file share. */
  readonly page: ConsolePage;
  /** Ends the console, as when the sandbox ends; resolves when the page has noticed. */
  readonly closeServer: () => Promise<void>;
  /** Another window with the console, which is closed with the test. */
  readonly open: (options?: BrowserContextOptions) => Promise<ConsolePage>;
}

/**
 * Gives the tests of a file one sandbox and one browser. After each of them the page must have caused no error, and
 * no request that leaves the machine. Secrets Manager does not retry by itself.
 *
 * @returns what they share, once they run
 */
export function browserWorld(): () => BrowserWorld {
  let world: BrowserWorld | undefined;
  const closers: (() => Promise<unknown>)[] = [];
  const strays: string[] = [];

  beforeAll(async () => {
    const executablePath = inject('browserPath');
    const ends: (() => Promise<void>)[] = [];
    const [pageFolder, { sandbox, secrets, credential }, browser] = await Promise.all([
      buildPage(),
      startSandbox(
        { events: { rules: 'none' }, secretsManager: { retryDelaysMs: [] } },
        end => void ends.push(end),
      ),
      chromium.launch({ executablePath, args: BROWSER_ARGUMENTS }),
    ]);
    const { server } = consoleServer(sandbox, pageFolder);
    await server.listen();
    closers.push(
      () => browser.close(),
      () => server.close(),
      ...ends,
    );
    // A retry of the workflow comes a second later at most; nobody has to wait for it.
    sandbox.stepFunctions.onEvent(({ type }) => {
      if (type === 'TaskFailed') setImmediate(() => sandbox.clock.advance(1_000));
    });
    const openWindow = async (options: BrowserContextOptions = {}): Promise<ConsolePage> => {
      const context = await browser.newContext({ viewport: WINDOW, reducedMotion: 'reduce', ...options });
      watch(context, server.url, strays);
      const page = new ConsolePage(await context.newPage());
      await page.open(server.pageUrl);
      return page;
    };
    const open = async (options?: BrowserContextOptions): Promise<ConsolePage> => {
      const window = await openWindow(options);
      onTestFinished(() => window.page.context().close());
      return window;
    };
    const page = await openWindow();
    const closeServer = async (): Promise<void> => {
      await server.close();
      await page.page.getByText('The sandbox does not answer').waitFor();
      // Of the connection that broke.
      strays.length = 0;
    };
    world = { sandbox, secrets, credential, page, open, closeServer };
  });
  afterEach(() => {
    world?.sandbox.faults.clear();
    expect(strays.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    for (const close of closers) await close();
  });

  return () => {
    if (world === undefined) throw new Error('The tests have not begun.');
    return world;
  };
}

/** Notes whatever a page should not do. */
function watch(context: BrowserContext, url: string, strays: string[]): void {
  context.on('request', request => {
    if (new URL(request.url()).origin !== new URL(url).origin) strays.push(`request to ${request.url()}`);
  });
  context.on('weberror', error => strays.push(`error ${error.error().message}`));
  context.on('console', message => {
    const { pathname } = new URL(message.location().url || url);
    // What the sandbox refuses to do, the page tells by itself.
    if (message.type() === 'error' && !ACTIONS.test(pathname)) strays.push(message.text());
  });
}
