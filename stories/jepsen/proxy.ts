import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

/** A way to a port, on which connections are cut and answers are lost. */
export interface Proxy {
  /** Stays the same, wherever it leads. */
  readonly port: number;
  /** Where it leads from now on; undefined: nowhere. */
  aim(port: number | undefined): void;
  /** Cuts every connection, to both sides, as a reset. Says how many. */
  cut(): number;
  /** So many answers more are lost with their connection, after they were given. */
  lose(answers: number): void;
  /** Answers that have been lost. */
  lost(): number;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

export async function startProxy(target?: number): Promise<Proxy> {
  const pairs = new Set<Pair>();
  let [to, toLose, lost] = [target, 0, 0];
  const reset = ({ client, server }: Pair) => {
    client.resetAndDestroy();
    server.resetAndDestroy();
  };
  const listener = createServer((client) => {
    client.on('error', () => undefined);
    if (to === undefined) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(to, '127.0.0.1');
    const pair = { client, server };
    pairs.add(pair);
    for (const socket of [client, server]) socket.setNoDelay(true);
    server.on('error', () => undefined);
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk) => {
      if (toLose === 0) {
        client.write(chunk);
        return;
      }
      toLose -= 1;
      lost += 1;
      reset(pair);
    });
    client.on('close', () => server.destroy());
    server.on('close', () => {
      client.destroy();
      pairs.delete(pair);
    });
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return {
    port: address.port,
    aim: (port) => {
      to = port;
    },
    cut: () => {
      const cut = [...pairs];
      for (const pair of cut) reset(pair);
      return cut.length;
    },
    lose: (answers) => {
      toLose += answers;
    },
    lost: () => lost,
    close: async () => {
      to = undefined;
      for (const { client, server } of pairs) {
        client.destroy();
        server.destroy();
      }
      await new Promise<void>((resolve) => {
        listener.close(() => {
          resolve();
        });
      });
    },
  };
}
