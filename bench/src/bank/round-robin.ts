import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Lifetime } from '../lifetime.ts';

/** A proxy as before several nodes: one connection to each of them in turn. Answers its URL. */
export async function startRoundRobin(
  lifetime: Lifetime,
  urls: readonly string[],
): Promise<string> {
  const ports = urls.map((url) => Number(new URL(url).port));
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const port = ports[turn++ % ports.length] ?? 0;
    const node = connect({ port, host: '127.0.0.1', noDelay: true });
    client.pipe(node).pipe(client);
    client.on('error', () => node.destroy());
    node.on('error', () => client.destroy());
    open.add(client);
    client.on('close', () => {
      open.delete(client);
      node.destroy();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  lifetime.add(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // A run that failed or was interrupted may have left some under way.
        for (const client of open) client.destroy();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens nowhere.');
  return `http://127.0.0.1:${address.port}`;
}
