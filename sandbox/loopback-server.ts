import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';

/**
 * Starts listening, on 127.0.0.1 only.
 *
 * @param port 0 selects any free port
 * @throws Error EADDRINUSE
 */
export async function listenOnLoopback(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

/**
 * The server's base URL.
 *
 * @param name the name for the error message
 * @throws Error while the server is not listening
 */
export function loopbackUrl(server: Server, name: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`${name} is not listening yet.`);
  return `http://127.0.0.1:${address.port}`;
}

/**
 * Reads the body of a request, completely even when it is too long: cutting the connection during the body would hide
 * the response.
 *
 * @returns undefined when it is longer than `limitBytes`
 * @throws Error the client has disconnected
 */
export async function readBody(message: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= limitBytes) chunks.push(chunk);
  }
  return bytes <= limitBytes ? Buffer.concat(chunks) : undefined;
}

/** Stops listening and ends all connections at once. */
export async function closeNow(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
