import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { freePort } from '@sikka/bank/testing';

/** A line to the bank that can be cut for real: for pages, service workers and all else. */
export interface Line {
  /** Where the bank seems to be; `localhost`, so that passkeys have a name to be bound to. */
  readonly url: string;
  /** Ends what is open and answers nothing more. */
  cut(): Promise<void>;
  /** At the same port again. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function openLine(bankUrl: string): Promise<Line> {
  const { hostname, port } = new URL(bankUrl);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(at, '127.0.0.1', resolve);
    });
  // While it is cut, nobody else may be given its port.
  const here = await freePort();
  await listen(here);
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      for (const socket of open) socket.destroy();
    });
  return {
    url: `http://localhost:${here}`,
    cut: async () => {
      if (server.listening) await cut();
    },
    mend: async () => {
      if (!server.listening) await listen(here);
    },
    close: async () => {
      if (server.listening) await cut();
    },
  };
}
