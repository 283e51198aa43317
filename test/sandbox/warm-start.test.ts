import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { Sandbox } from '../../sandbox/sandbox.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { WarmStart } from '../../sandbox/warm-start.ts';

/** A sandbox whose rotation function has been invoked, and which of its functions have started cold for that. */
async function usedSandbox(options: SandboxOptions) {
  const cold: string[] = [];
  const coldStart = (functionName: string): number => {
    cold.push(functionName);
    return 0;
  };
  const sandbox = await Sandbox.start({
    assemblyDirectory: inject('assemblyDirectory'),
    latencies: { coldStart },
    ...options,
  });
  onTestFinished(() => sandbox.close());
  const lambda = new LambdaClient(sandbox.clientConfig);
  onTestFinished(() => lambda.destroy());
  await lambda.send(new InvokeCommand({ FunctionName: sandbox.rotationFunctionArn, Payload: '{}' }));
  const addresses = { aws: sandbox.awsUrl, genesys: new URL(sandbox.genesysCloud.loginUrl).origin };
  await sandbox.close();
  return { addresses, coldStarts: cold.length };
}

function warmStart(): WarmStart {
  const warm = new WarmStart();
  onTestFinished(() => warm.close());
  return warm;
}

/** Listens at an address. */
async function take(url: string): Promise<Server> {
  const server = createServer().listen(Number(new URL(url).port), '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

describe('a warm start', () => {
  it('reuses the processes and addresses of the previous sandbox', async () => {
    const warm = warmStart();

    const first = await usedSandbox({ warmStart: warm });
    const second = await usedSandbox({ warmStart: warm });

    expect(first.coldStarts).toBe(1);
    expect(second).toStrictEqual({ addresses: first.addresses, coldStarts: 0 });
  });

  it.each(['aws', 'genesys'] as const)(
    'becomes a cold one, at other addresses, when the port of %s is taken meanwhile',
    async which => {
      const warm = warmStart();
      const first = await usedSandbox({ warmStart: warm });
      await take(first.addresses[which]);

      const second = await usedSandbox({ warmStart: warm });

      expect(second.coldStarts).toBe(1);
      expect(second.addresses[which]).not.toBe(first.addresses[which]);
      // What was left at the first try is closed again.
      if (which === 'genesys') await take(first.addresses.aws);
    },
  );

  it('is not used by a sandbox with a given port', async () => {
    const warm = warmStart();
    const first = await usedSandbox({ warmStart: warm });
    const placeholder = await take('http://127.0.0.1:0');
    const { port } = placeholder.address() as { port: number };
    placeholder.close();
    await once(placeholder, 'close');

    const apart = await usedSandbox({ warmStart: warm, port });
    const second = await usedSandbox({ warmStart: warm });

    expect(apart).toMatchObject({ addresses: { aws: `http://127.0.0.1:${port}` }, coldStarts: 1 });
    expect(second).toStrictEqual({ addresses: first.addresses, coldStarts: 0 });
  });
});
