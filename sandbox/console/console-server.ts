import { ControlServer } from '../control/control-server.ts';
import { controlRoutes } from '../control/routes.ts';
import type { Sandbox } from '../sandbox.ts';
import { SandboxConsole } from './sandbox-console.ts';

/** The control API of a sandbox with the console beside it, and when a page is open for the first time. */
export interface ConsoleServer {
  readonly server: ControlServer;
  readonly opened: Promise<void>;
}

/**
 * Puts the console on the server of the control API, which does not listen yet.
 *
 * @param pageFolder what `buildPage` gives
 * @throws Error the folder holds no page
 */
export function consoleServer(sandbox: Sandbox, pageFolder: string): ConsoleServer {
  const { routes, noteChange, opened } = new SandboxConsole(sandbox, pageFolder);
  return { server: new ControlServer([...controlRoutes(sandbox), ...routes], noteChange), opened };
}
