import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { Clock } from '../../../sandbox/clock.ts';
import { WarmProcesses } from '../../../sandbox/lambda/warm-processes.ts';
import { FUNCTION_ARN, openLambda, probe } from './deployed-lambda.ts';

/** Returns when a file exists, so that a test decides how long invocations overlap. */
const HELD_HANDLER = `
  const fs = require('node:fs');
  exports.handler = async event => {
    if (event.startedFile) fs.writeFileSync(event.startedFile, '');
    while (event.holdUntil && !fs.existsSync(event.holdUntil)) await new Promise(go => setTimeout(go, 5));
    return process.pid;
  };`;

describe('function processes', () => {
  it('keep their state between invocations and share nothing with this process', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(`let count = 0; exports.handler = async () => ({ pid: process.pid, count: ++count });`),
    );

    const first = await invoke();
    const second = await invoke();

    expect(first.payload).toStrictEqual({ pid: expect.any(Number), count: 1 });
    expect(second.payload).toStrictEqual({ ...(first.payload as object), count: 2 });
    expect(first.payload).not.toMatchObject({ pid: process.pid });
  });

  it('run one invocation at a time, and the most recently used process runs the next one', async () => {
    const { lambda, invoke } = openLambda();
    const definition = probe(HELD_HANDLER);
    lambda.createFunction(definition);
    const started = `${definition.codeDirectory}/started`;
    const gate = `${definition.codeDirectory}/gate`;

    const held = invoke({ startedFile: started, holdUntil: gate });
    await vi.waitUntil(() => existsSync(started), 10_000);
    const other = await invoke();
    writeFileSync(gate, '');
    const { payload: heldPid } = await held;
    const next = await invoke();

    expect(other.payload).not.toBe(heldPid);
    expect(next.payload).toBe(heldPid);
  });

  it('are stopped when more are idle than the maximum', async () => {
    const { lambda, invoke } = openLambda({ maxIdleEnvironments: 0 });
    lambda.createFunction(probe(HELD_HANDLER));

    const first = await invoke();
    const second = await invoke();

    expect(second.payload).not.toBe(first.payload);
  });

  it('have the environment variables of Lambda, the function and the sandbox, and no others', async () => {
    const { lambda, invoke } = openLambda({
      credentialsFor: ({ name, arn, roleArn }) => ({
        accessKeyId: `key of ${name}`,
        secretAccessKey: arn,
        sessionToken: roleArn,
      }),
      extraEnvironment: () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }),
    });
    lambda.createFunction(
      probe(`exports.handler = async () => process.env;`, {
        environment: { STATE_MACHINE_ARN: 'machine', AWS_ENDPOINT_URL: 'http://elsewhere' },
      }),
    );

    const { payload } = await invoke();

    expect(payload).toStrictEqual({
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: expect.any(String),
      TZ: 'UTC',
      LANG: 'en_US.UTF-8',
      HOME: '/home/sbx_user1051',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'probe',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_FORMAT: 'Text',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/probe',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      AWS_ACCESS_KEY_ID: 'key of probe',
      AWS_SECRET_ACCESS_KEY: FUNCTION_ARN,
      AWS_SESSION_TOKEN: 'arn:aws:iam::123456789012:role/probe-role',
      STATE_MACHINE_ARN: 'machine',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    });
  });

  it('pass a context to the handler', async () => {
    const { lambda } = openLambda();
    lambda.createFunction(
      probe(
        `exports.handler = async (event, { getRemainingTimeInMillis, ...context }) =>
               ({ context, inTime: getRemainingTimeInMillis() > 19_000 && getRemainingTimeInMillis() <= 20_000 });`,
        {
          aliases: { prod: '$LATEST' },
        },
      ),
    );

    const { payload, requestId } = await lambda.invoke(`${FUNCTION_ARN}:prod`, {}, 'states.amazonaws.com');

    expect(payload).toStrictEqual({
      context: {
        callbackWaitsForEmptyEventLoop: true,
        functionName: 'probe',
        functionVersion: '$LATEST',
        memoryLimitInMB: '256',
        logGroupName: '/aws/lambda/probe',
        logStreamName: expect.stringContaining('[$LATEST]'),
        invokedFunctionArn: `${FUNCTION_ARN}:prod`,
        awsRequestId: requestId,
      },
      inTime: true,
    });
  });

  it("get the sandbox's time at load and in each invocation, from every form of Date", async () => {
    const clock = new Clock();
    clock.advance(10 * 86_400_000);
    const { lambda, invoke } = openLambda({ clock });
    lambda.createFunction(
      probe(`const loadedAtMs = Date.now();
             exports.handler = async () => ({
               loadedAtMs, now: Date.now(), created: new Date().getTime(), text: Date.parse(Date()),
               copied: new Date(0).toISOString(), isDate: new Date() instanceof Date && new (new Date().constructor)() instanceof Date,
             });`),
    );

    const first = await invoke();
    clock.advance(5 * 86_400_000);
    const before = clock.nowMs();
    const second = await invoke();
    const after = clock.nowMs();

    const { loadedAtMs } = first.payload as { loadedAtMs: number };
    const { now, created, text, ...rest } = second.payload as Record<'now' | 'created' | 'text', number>;
    expect(before - loadedAtMs).toBeGreaterThan(5 * 86_400_000 - 1);
    expect(before - loadedAtMs).toBeLessThan(5 * 86_400_000 + 60_000);
    expect([now, created].every(ms => ms >= before && ms <= after)).toBe(true);
    // Date() has whole seconds.
    expect(text > before - 1000 && text <= after).toBe(true);
    expect(rest).toStrictEqual({ loadedAtMs, copied: '1970-01-01T00:00:00.000Z', isDate: true });
  });

  it('load CommonJS by default, ES modules by package or file name, and folders', async () => {
    const { lambda } = openLambda();
    const folders = {
      module: {
        'index.js': 'export const handler = async () => "module";',
        'package.json': '{"type":"module"}',
      },
      mjs: { 'index.mjs': 'export const handler = async () => "mjs";' },
      cjs: { 'index.cjs': 'exports.handler = async () => "cjs";' },
    };
    for (const [name, files] of Object.entries(folders)) lambda.createFunction(probe(files, { name }));
    lambda.createFunction(
      probe(
        { 'src/app.js': 'exports.api = { run: () => "nested" };' },
        { name: 'nested', handler: 'src/app.api.run' },
      ),
    );

    const results = await Promise.all(
      ['module', 'mjs', 'cjs', 'nested'].map(name => lambda.invoke(name, {}, 'states.amazonaws.com')),
    );

    expect(results.map(({ payload }) => payload)).toStrictEqual(['module', 'mjs', 'cjs', 'nested']);
  });

  it('run versions separately from $LATEST', async () => {
    const { lambda } = openLambda();
    lambda.createFunction(
      probe(`exports.handler = async () => process.pid + ' ' + process.env.AWS_LAMBDA_FUNCTION_VERSION;`, {
        versions: ['1'],
      }),
    );

    const latest = await lambda.invoke('probe', {}, 'states.amazonaws.com');
    const version = await lambda.invoke('probe:1', {}, 'states.amazonaws.com');

    expect(latest.payload).toMatch(/^\d+ \$LATEST$/);
    expect(version.payload).toMatch(/^\d+ 1$/);
    expect(String(version.payload).split(' ')[0]).not.toBe(String(latest.payload).split(' ')[0]);
  });

  it('run new code after an update, while running invocations keep the old', async () => {
    const { lambda, invoke } = openLambda();
    const definition = probe(HELD_HANDLER.replace('process.pid', '"old"'));
    lambda.createFunction(definition);
    const started = `${definition.codeDirectory}/started`;
    const gate = `${definition.codeDirectory}/gate`;
    const running = invoke({ startedFile: started, holdUntil: gate });
    await vi.waitUntil(() => existsSync(started), 10_000);

    lambda.updateFunction(probe(HELD_HANDLER.replace('process.pid', '"new"')));
    const next = await invoke({ startedFile: gate });
    const ended = await running;

    expect(next.payload).toBe('new');
    expect(ended.payload).toBe('old');
  });

  it('end when the service closes, and their invocations fail', async () => {
    const { lambda, invoke } = openLambda();
    const definition = probe(
      `exports.handler = async event => { require('node:fs').writeFileSync(event.file, String(process.pid)); for (;;); };`,
    );
    lambda.createFunction(definition);
    const file = `${definition.codeDirectory}/pid`;
    const running = invoke({ file });
    await vi.waitUntil(() => existsSync(file), 10_000);

    await lambda.close();

    const { payload } = await running;
    expect(payload).toMatchObject({ errorType: 'Runtime.ExitError' });
    await expect(invoke()).rejects.toMatchObject({ type: 'ServiceException', statusCode: 500 });
  });

  it('that are kept warm outlive the service, and end when WarmProcesses is closed', async () => {
    const warmProcesses = new WarmProcesses();
    const { lambda, invoke } = openLambda({ warmProcesses });
    lambda.createFunction(probe(`exports.handler = async () => process.pid;`));
    const { payload: pid } = await invoke();
    await lambda.close();
    expect(process.kill(Number(pid), 0)).toBe(true);

    await warmProcesses.close();

    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  });

  it('end when the process of the sandbox ends', async () => {
    const definition = probe(`exports.handler = async () => process.pid;`);
    const module = fileURLToPath(new URL('../../../sandbox/lambda/lambda.ts', import.meta.url));
    const clock = fileURLToPath(new URL('../../../sandbox/clock.ts', import.meta.url));
    const sandbox = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { Lambda } from ${JSON.stringify(module)};
         import { Clock } from ${JSON.stringify(clock)};
         const lambda = new Lambda({ clock: new Clock(), accountId: '1', region: 'r', partition: 'aws',
           authorizer: { authorize() {}, allows: () => true, mayAssume: () => true },
           credentialsFor: () => ({ accessKeyId: 'k', secretAccessKey: 's' }) });
         lambda.createFunction(${JSON.stringify(definition)});
         const { payload } = await lambda.invoke('probe', {}, 'states.amazonaws.com');
         process.stdout.write(String(payload));
         setInterval(() => {}, 1000);`,
      ],
      // The killed process leaves unpacked files behind, so they go into a folder that is removed.
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, TMPDIR: probe('').codeDirectory },
      },
    );
    const [output] = (await once(sandbox.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    expect(process.kill(pid, 0)).toBe(true);

    sandbox.kill('SIGKILL');

    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 10_000);
  });
});
