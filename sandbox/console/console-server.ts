import { ControlServer } from '../control/control-server.ts';
import { controlRoutes } from '../control/routes.ts';
import type { Sandbox } from '../sandbox.ts';
import { SandboxConsole } from './sandbox-console.ts';

/** The server of the control API and the console. `opened` resolves when a page is open for the first time. */
export interface ConsoleServer {
  readonly server: ControlServer;
  readonly opened: Promise<void>;
}

/**
 * Creates the server of the control API and the console. It does not listen yet.
 *
 * @param pageFolder the folder that `buildPage` returns
 * @throws Error the folder has no page
 */
export function consoleServer(sandbox: Sandbox, pageFolder: string): ConsoleServer {
  const { routes, noteChange, opened } = new SandboxConsole(sandbox, pageFolder);
  return { server: new ControlServer([...controlRoutes(sandbox), ...routes], noteChange), opened };
}
