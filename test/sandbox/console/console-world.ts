import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { consoleServer } from '../../../sandbox/console/console-server.ts';
import type { CredentialView, ExecutionView, Overview } from '../../../sandbox/console/views.ts';
import type { SandboxOptions } from '../../../sandbox/sandbox-options.ts';
import { emptyFolder } from '../../demonstration/project.ts';
import { startSandbox } from '../../helpers/sandbox.ts';
import { type ControlRequest, jsonRequest, send, sendForJson, withToken } from '../control/control-client.ts';

/** See {@link consoleWorld}. */
export type ConsoleWorld = Awaited<ReturnType<typeof consoleWorld>>;

/** The files of a minimal page. */
export const PAGE_FILES = {
  'index.html': '<!doctype html><title>Console</title><script type="module" src="main.js"></script>',
  'main.js': 'export {};',
  'main.css': 'body { margin: 0 }',
} as const;

/** A folder with these files. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = emptyFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return folder;
}

/** A folder with the files of a page, and files that must not be served: one beside it, one below it, and a link. */
function pageFolder(): string {
  const parent = folderWith({ 'secret.js': 'secret' });
  const folder = path.join(parent, 'page');
  mkdirSync(path.join(folder, 'below'), { recursive: true });
  for (const [name, content] of Object.entries(PAGE_FILES)) writeFileSync(path.join(folder, name), content);
  writeFileSync(path.join(folder, 'below', 'secret.js'), 'secret');
  symlinkSync(path.join(parent, 'secret.js'), path.join(folder, 'link.js'));
  return folder;
}

/** A sandbox with virtual time, and the console on its control server. */
export async function consoleWorld(options: SandboxOptions = {}) {
  const world = await startSandbox({ virtualTime: true, ...options });
  const { server, opened } = consoleServer(world.sandbox, pageFolder());
  await server.listen();
  onTestFinished(() => server.close());
  const { url, token } = server;

  const get = async (target: string): Promise<unknown> =>
    (await sendForJson(url, target, withToken(token))).body;
  const overview = async (): Promise<Overview> => (await get('/overview')) as Overview;
  return {
    ...world,
    url,
    token,
    opened,
    close: () => server.close(),
    get,
    overview,
    send: (target: string, sent?: ControlRequest) => send(url, target, withToken(token, sent)),
    post: (target: string, body: unknown) => sendForJson(url, target, withToken(token, jsonRequest(body))),

    /** Advances the clock (default: one minute). */
    async advance(ms = 60_000): Promise<void> {
      await sendForJson(url, '/clock/advance', withToken(token, jsonRequest({ ms })));
    },

    /** The newest execution. */
    async execution(): Promise<ExecutionView> {
      const [newest] = (await overview()).executions;
      if (newest === undefined) throw new Error('Expected an execution.');
      return newest;
    },

    /** The only credential. */
    async credentialView(): Promise<CredentialView> {
      const [only, ...others] = (await overview()).credentials;
      if (only === undefined || others.length > 0) throw new Error('Expected exactly one credential.');
      return only;
    },
  };
}
