import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished } from 'vitest';
import { buildPage } from '../../sandbox/console/build-page.ts';
import { consoleServer } from '../../sandbox/console/console-server.ts';
import type { CredentialOptions, FirstCredential } from '../../sandbox/first-credential.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { skipRetryDelays } from '../helpers/retry-delays.ts';
import { startSandbox } from '../helpers/sandbox.ts';
import { ConsolePage } from './console-page.ts';

/** Arguments that disable the browser's own network requests. */
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

/** The paths of actions. */
const ACTIONS = /^\/(?:faults|secrets|executions|clock)\b/;

/** A sandbox with its console, and a browser. */
export interface BrowserWorld {
  readonly sandbox: Sandbox;
  readonly secrets: SecretsManagerClient;
  readonly credential: (options?: CredentialOptions) => Promise<FirstCredential>;
  /** A window with the console that the tests of the file share. */
  readonly page: ConsolePage;
  /** Stops the console, as when the sandbox stops; resolves when the page has noticed. */
  readonly closeServer: () => Promise<void>;
  /** Opens another window with the console for one test. */
  readonly open: (options?: BrowserContextOptions) => Promise<ConsolePage>;
}

/**
 * Starts one sandbox and one browser for the tests of a file. After each test the page must have caused no error and no
 * request to another origin. Secrets Manager does not retry.
 *
 * @returns the world, within a test
 */
export function browserWorld(): () => BrowserWorld {
  let world: BrowserWorld | undefined;
  const cleanups: (() => Promise<unknown>)[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    const executablePath = inject('browserPath');
    const sandboxCleanups: (() => Promise<void>)[] = [];
    const [pageFolder, { sandbox, secrets, credential }, browser] = await Promise.all([
      buildPage(),
      startSandbox(
        { events: { rules: 'none' }, secretsManager: { retryDelaysMs: [] } },
        cleanup => void sandboxCleanups.push(cleanup),
      ),
      chromium.launch({ executablePath, args: BROWSER_ARGUMENTS }),
    ]);
    const { server } = consoleServer(sandbox, pageFolder);
    await server.listen();
    cleanups.push(
      () => browser.close(),
      () => server.close(),
      ...sandboxCleanups,
    );
    skipRetryDelays(sandbox);
    const openWindow = async (options: BrowserContextOptions = {}): Promise<ConsolePage> => {
      const context = await browser.newContext({ viewport: WINDOW, reducedMotion: 'reduce', ...options });
      recordProblems(context, server.url, problems);
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
      await page.page.getByText('The sandbox does not respond').waitFor();
      // The dropped connection causes errors.
      problems.length = 0;
    };
    world = { sandbox, secrets, credential, page, open, closeServer };
  });
  afterEach(() => {
    world?.sandbox.faults.clear();
    expect(problems.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  return () => {
    if (world === undefined) throw new Error('The world exists only within a test.');
    return world;
  };
}

/** Records everything that a page must not do. */
function recordProblems(context: BrowserContext, url: string, problems: string[]): void {
  context.on('request', request => {
    if (new URL(request.url()).origin !== new URL(url).origin) problems.push(`request to ${request.url()}`);
  });
  context.on('weberror', error => problems.push(`error ${error.error().message}`));
  context.on('console', message => {
    const { pathname } = new URL(message.location().url || url);
    // The page itself shows refused actions.
    if (message.type() === 'error' && !ACTIONS.test(pathname)) problems.push(message.text());
  });
}
