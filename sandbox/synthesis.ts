import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The stack could not be synthesised; the message is the output of the CDK app. */
class SynthesisFailed extends Error {
  override readonly name = 'SynthesisFailed';
}

/** A sandbox contains only its own secrets, which may have any name. */
const EVERY_SECRET = { secretArnPatterns: 'arn:*:secretsmanager:*:*:secret:*' };

/**
 * Synthesises the stack as `npm run synth` does, but without the CDK's command line and its validation of the template,
 * each of which takes as long as the synthesis.
 *
 * @param assemblyDirectory the output folder
 * @param context           context values (default: those of the environment, and the functions may rotate every
 *   secret)
 * @throws SynthesisFailed
 */
export async function synthesize(
  assemblyDirectory: string,
  context: Readonly<Record<string, unknown>> = { ...EVERY_SECRET, ...contextOfEnvironment() },
): Promise<void> {
  const app = spawn(process.execPath, ['infra/app.ts'], {
    env: {
      ...process.env,
      CDK_OUTDIR: assemblyDirectory,
      CDK_VALIDATION: 'false',
      CDK_CONTEXT_JSON: JSON.stringify(context),
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

/** The CDK's command line passes the context to the app in this variable. */
function contextOfEnvironment(): Readonly<Record<string, unknown>> {
  return JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}') as Record<string, unknown>;
}
