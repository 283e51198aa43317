import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import { Clock } from '../../../sandbox/clock.ts';
import type { FunctionDefinition } from '../../../sandbox/lambda/function-definition.ts';
import { Lambda, type LambdaOptions } from '../../../sandbox/lambda/lambda.ts';
import { emptyFolder } from '../../demonstration/project.ts';
import { allowEverything } from '../../helpers/allow-everything.ts';

export const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:probe';

/** The members of an Invoke response. */
interface InvokeResponse {
  readonly StatusCode: number;
  readonly Payload: string;
  readonly FunctionError?: string;
  readonly ExecutedVersion?: string;
  readonly LogResult?: string;
}

/** Writes files to a folder that is removed after the test. */
function codeFolder(files: Readonly<Record<string, string>>): string {
  const folder = emptyFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** The definition of a function `probe` with this `index.js` or these files. */
export function probe(
  code: string | Readonly<Record<string, string>>,
  overrides: Partial<FunctionDefinition> = {},
): FunctionDefinition {
  return {
    name: 'probe',
    handler: 'index.handler',
    codeDirectory: codeFolder(typeof code === 'string' ? { 'index.js': code } : code),
    runtime: 'nodejs24.x',
    timeoutSeconds: 20,
    memoryMb: 256,
    environment: {},
    roleArn: 'arn:aws:iam::123456789012:role/probe-role',
    logGroupName: '/aws/lambda/probe',
    logFormat: 'Text',
    versions: [],
    aliases: {},
    ...overrides,
  };
}

/** A Lambda service that is closed after the test. */
export function openLambda(options: Partial<LambdaOptions> = {}) {
  const clock = options.clock ?? new Clock();
  const lambda = new Lambda({
    clock,
    accountId: '123456789012',
    region: 'eu-central-1',
    partition: 'aws',
    authorizer: allowEverything,
    credentialsFor: () => ({ accessKeyId: 'ASIAPROBE', secretAccessKey: 'secret', sessionToken: 'session' }),
    ...options,
  });
  onTestFinished(async () => {
    await lambda.close();
    clock.stop();
  });

  /** Calls an operation as the endpoint does: validates the input, then runs it. */
  async function call(operationName: 'Invoke' | 'GetFunctionConfiguration', input: object): Promise<object> {
    const { schema, run } = lambda.operations[operationName];
    return await run(v.parse(schema, input), {
      service: 'lambda',
      operation: operationName,
      input,
      caller: {
        accountId: '123456789012',
        arn: 'arn:aws:iam::123456789012:user/tester',
        userId: 'AIDATESTER',
      },
      requestId: '11111111-2222-3333-4444-555555555555',
    });
  }

  return {
    lambda,
    clock,
    call,
    invokeApi: (input: object) =>
      call('Invoke', { FunctionName: 'probe', ...input }) as Promise<InvokeResponse>,
    invoke: (payload: unknown = {}) => lambda.invoke(FUNCTION_ARN, payload, 'states.amazonaws.com'),
  };
}
