import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { OnCleanup } from '../helpers/sandbox.ts';
import { PROJECT, textOf } from './pages.ts';

/** A program that calls Genesys Cloud with the code in docs/consumers.md, once per line of input. */
export interface ConsumerProgram {
  /** The marker of the code on the page. */
  readonly snippet: string;
  /** The file that the code is written to. */
  readonly module: string;
  /** Imports the module, and prints the user's id or an error for each line of standard input. */
  readonly driver: { readonly file: string; readonly text: string };
  readonly program: string;
}

/** The code after a marker in docs/consumers.md, and the code that shows its use. */
export function snippetOf(marker: string): { readonly code: string; readonly use: string } {
  const [, after = ''] = textOf('docs/consumers.md').split(`<!-- snippet: ${marker} -->\n`);
  const [, code = '', use = ''] = /^```\w+\n(.*?)^```\n\n```\w+\n(.*?)^```/ms.exec(after) ?? [];
  if (code === '') throw new Error(`docs/consumers.md has no code with the marker ${marker}.`);
  return { code, use };
}

/** A consumer that runs in its own process. */
export interface RunningConsumer {
  /** Makes the consumer call Genesys Cloud once. Returns the line that it prints: the user's id or an error. */
  call(): Promise<string>;
}

/** Starts a consumer of the secret. It can only read secrets of the sandbox. */
export function startConsumer(
  { snippet, module, driver, program }: ConsumerProgram,
  { sandbox, secretName }: { readonly sandbox: Sandbox; readonly secretName: string },
  onCleanup: OnCleanup,
): RunningConsumer {
  const folder = mkdtempSync(path.join(tmpdir(), 'consumer-'));
  symlinkSync(path.join(PROJECT, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, module), snippetOf(snippet).code);
  writeFileSync(path.join(folder, driver.file), driver.text);
  const { endpoint, region, credentials } = sandbox.clientConfig;
  const consumer = spawn(program, [driver.file], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      // The Genesys Cloud SDKs read and watch a file there.
      HOME: folder,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      ...(credentials.sessionToken !== '' && { AWS_SESSION_TOKEN: credentials.sessionToken }),
      ACCESS_TOKEN_SECRET: secretName,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const errors: Buffer[] = [];
  consumer.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const ended = once(consumer, 'close');
  const lines = createInterface({ input: consumer.stdout })[Symbol.asyncIterator]();
  onCleanup(async () => {
    consumer.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    async call() {
      consumer.stdin.write('call\n');
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`The consumer has ended: ${Buffer.concat(errors).toString()}`);
      return value;
    },
  };
}
