import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeError } from './error-object.ts';

/** A function's entry point; callbacks are not supported, as in Lambda since Node.js 24. */
export type Handler = (event: unknown, context: object) => unknown;

/**
 * Loads the handler the way Lambda's Node.js runtime does (aws-lambda-nodejs-runtime-interface-client,
 * UserFunction.js).
 *
 * @param handler `<path without extension>.<export>`
 * @throws RuntimeError `Runtime.ImportModuleError`, `Runtime.UserCodeSyntaxError`, `Runtime.HandlerNotFound`,
 *                      `Runtime.MalformedHandlerName`; errors that the module throws are rethrown
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const folder = path.dirname(handler);
  const [, moduleName, exportPath] = /^([^.]*)\.(.*)$/.exec(path.basename(handler)) ?? [];
  if (moduleName === undefined || exportPath === undefined || handler.includes('..')) {
    throw new RuntimeError('MalformedHandlerName', 'Bad handler');
  }

  const exported = exportPath
    .split('.')
    .reduce<unknown>(
      (value, key) => (value as Record<string, unknown> | undefined)?.[key],
      await loadModule(taskRoot, folder, moduleName),
    );
  if (!exported) throw new RuntimeError('HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof exported !== 'function') {
    throw new RuntimeError('HandlerNotFound', `${handler} is not a function`);
  }
  return exported as Handler;
}

async function loadModule(taskRoot: string, folder: string, moduleName: string): Promise<unknown> {
  const require = createRequire(path.join(taskRoot, 'package.json'));
  const file = path.resolve(taskRoot, folder, moduleName);
  try {
    if (existsSync(`${file}.js`)) {
      return isModulePackage(taskRoot)
        ? await import(pathToFileURL(`${file}.js`).href)
        : require(`${file}.js`);
    }
    if (existsSync(`${file}.mjs`)) return await import(pathToFileURL(`${file}.mjs`).href);
    if (existsSync(`${file}.cjs`)) return require(`${file}.cjs`);
    return require(moduleName);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError('UserCodeSyntaxError', String(error));
    if ((error as { code?: unknown } | undefined)?.code === 'MODULE_NOT_FOUND') {
      throw new RuntimeError('ImportModuleError', String(error));
    }
    throw error;
  }
}

function isModulePackage(taskRoot: string): boolean {
  const packageJson: unknown = JSON.parse(readFileSync(path.join(taskRoot, 'package.json'), 'utf8'));
  return (packageJson as { type?: unknown }).type === 'module';
}
