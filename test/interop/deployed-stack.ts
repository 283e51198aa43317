import { execFile } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { npmPackage } from './installed.ts';

const run = promisify(execFile);

const STACK = 'genesys-token-rotation';

/**
 * ministack's own Node.js runtime drops the error type, which every Retry and Catch needs. Therefore the functions run
 * under AWS's runtime client, as a custom runtime.
 */
const BOOTSTRAP = `#!/bin/sh
export AWS_LAMBDA_LOG_FORMAT=JSON AWS_LAMBDA_LOG_GROUP_NAME="/aws/lambda/$AWS_LAMBDA_FUNCTION_NAME"
exec '${process.execPath}' --require '${fileURLToPath(new URL('runtime-client.cjs', import.meta.url))}' \\
  '${join(npmPackage('aws-lambda-ric'), 'index.mjs')}' "$_HANDLER"
`;

const templateSchema = v.looseObject({
  Resources: v.record(
    v.string(),
    v.looseObject({ Type: v.string(), Properties: v.optional(v.looseObject({})) }),
  ),
});

/**
 * Adapts a synthesised stack to ministack, and runs CDK commands on it.
 *
 * @param assembly the folder that `npm run synth` writes
 * @param copy     the folder for the adapted assembly that is deployed
 * @returns a function that runs a CDK command and returns its output
 */
export async function cdkOn(
  assembly: string,
  copy: string,
  variables: Readonly<Record<string, string>>,
): Promise<(...args: readonly string[]) => Promise<string>> {
  await cp(assembly, copy, { recursive: true });
  for (const entry of await readdir(copy)) {
    if (!entry.startsWith('asset.')) continue;
    await writeFile(join(copy, entry, 'bootstrap'), BOOTSTRAP, { mode: 0o755 });
  }
  const templateFile = join(copy, `${STACK}.template.json`);
  await writeFile(templateFile, deployableTemplate(await readFile(templateFile, 'utf8')));
  const env = { PATH: process.env.PATH ?? '', HOME: copy, CI: 'true', ...variables };
  return async (...args) => {
    const { stdout, stderr } = await run('cdk', [...args, '--app', copy, '--no-notices'], { env });
    return stdout + stderr;
  };
}

/** The template without what ministack does not support. */
function deployableTemplate(text: string): string {
  // ministack's context object has no RedriveCount; it has no redrives, so the count is 0.
  const { Resources, ...rest } = v.parse(
    templateSchema,
    JSON.parse(
      text.replaceAll('\\"redriveCount.$\\": \\"$$.Execution.RedriveCount\\"', '\\"redriveCount\\": 0'),
    ),
  );
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type === 'AWS::Lambda::Function' && Properties !== undefined) Properties.Runtime = 'provided.al2023';
  }
  // ministack rejects alarms with metric math.
  const known = Object.entries(Resources).filter(
    ([, { Type, Properties }]) => !(Type === 'AWS::CloudWatch::Alarm' && Properties?.Metrics !== undefined),
  );
  return JSON.stringify({ ...rest, Resources: Object.fromEntries(known) });
}
