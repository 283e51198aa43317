import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The stack could not be synthesised; the message is the output of the CDK app. */
class SynthesisFailed extends Error {
  override readonly name = 'SynthesisFailed';
}

/**
 * Synthesises the stack as `npm run synth` does, but without the CDK's command line and its validation of the template,
 * each of which takes as long again.
 *
 * @param assemblyDirectory the output folder
 * @param context           context values, instead of those in the environment
 * @throws SynthesisFailed
 */
export async function synthesize(
  assemblyDirectory: string,
  context?: Readonly<Record<string, string>>,
): Promise<void> {
  const app = spawn(process.execPath, ['infra/app.ts'], {
    env: {
      ...process.env,
      CDK_OUTDIR: assemblyDirectory,
      CDK_VALIDATION: 'false',
      ...(context !== undefined && { CDK_CONTEXT_JSON: JSON.stringify(context) }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: Buffer[] = [];
  for (const stream of [app.stdout, app.stderr]) stream.on('data', (chunk: Buffer) => printed.push(chunk));
  const [code] = await once(app, 'close');
  if (code !== 0)
    throw new SynthesisFailed(
      Buffer.concat(printed).toString().trim() || `infra/app.ts exited with ${code}.`,
    );
}
