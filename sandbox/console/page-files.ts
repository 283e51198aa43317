import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { COMMON_HEADERS, Refusal } from '../control/json-http.ts';
import type { Route } from '../control/route.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
};

/** The page loads only from this server, and no other page can frame it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Serves the files of a folder, `index.html` for `/`. Reads them once, so a request path cannot reach any other file.
 *
 * @throws Error the folder cannot be read, has no `index.html`, or has a file of an unsupported type
 */
export function pageRoute(folder: string): Route {
  const files = readFiles(folder);
  return {
    method: 'GET',
    target: /^(?<path>\/[^?]*)(?:\?.*)?$/,
    isPublic: true,
    handle: ({ parameters }) => {
      const file = files.get(parameters.path ?? '');
      if (file === undefined) throw new Refusal(404, `There is no GET ${parameters.path}.`);
      return { write: response => writeFile(response, file) };
    },
  };
}

interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

function readFiles(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const type = TYPES[path.extname(entry.name)];
    if (type === undefined)
      throw new Error(`The type of the file ${entry.name} in ${folder} is not supported.`);
    files.set(`/${entry.name}`, { type, content: readFileSync(path.join(folder, entry.name)) });
  }
  const index = files.get('/index.html');
  if (index === undefined) throw new Error(`There is no index.html in ${folder}.`);
  return files.set('/', index);
}

function writeFile(response: ServerResponse, { type, content }: PageFile): void {
  response.writeHead(200, {
    ...COMMON_HEADERS,
    'content-type': type,
    'content-length': content.length,
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'referrer-policy': 'no-referrer',
  });
  response.end(content);
}
