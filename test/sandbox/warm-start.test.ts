import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { Sandbox } from '../../sandbox/sandbox.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { WarmStart } from '../../sandbox/warm-start.ts';

/** Starts a sandbox, invokes its rotation function and closes it. Returns the addresses and cold starts. */
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

/** Listens on the port of a URL. */
async function occupy(url: string): Promise<Server> {
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
    'becomes a cold start, with other addresses, when the port of %s is in use',
    async which => {
      const warm = warmStart();
      const first = await usedSandbox({ warmStart: warm });
      await occupy(first.addresses[which]);

      const second = await usedSandbox({ warmStart: warm });

      expect(second.coldStarts).toBe(1);
      expect(second.addresses[which]).not.toBe(first.addresses[which]);
      // The first attempt must not leave an open port.
      if (which === 'genesys') await occupy(first.addresses.aws);
    },
  );

  it('is not used by a sandbox with a given port', async () => {
    const warm = warmStart();
    const first = await usedSandbox({ warmStart: warm });
    const placeholder = await occupy('http://127.0.0.1:0');
    const { port } = placeholder.address() as { port: number };
    placeholder.close();
    await once(placeholder, 'close');

    const separate = await usedSandbox({ warmStart: warm, port });
    const second = await usedSandbox({ warmStart: warm });

    expect(separate).toMatchObject({ addresses: { aws: `http://127.0.0.1:${port}` }, coldStarts: 1 });
    expect(second).toStrictEqual({ addresses: first.addresses, coldStarts: 0 });
  });
});
