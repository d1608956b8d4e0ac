import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

/** A way to a database that ends, for good, at a statement that is named beforehand. */
export interface CuttingProxy {
  /** The database, by this way. */
  readonly url: string;
  /**
   * From now on statements are counted, from 1; at this one every connection ends, before the
   * database hears of it or after it was sent, and no other is let in.
   */
  cutAt(statement: number, when: CutWhen): void;
  isCut(): boolean;
  close(): Promise<void>;
}

export type CutWhen = 'before' | 'after';

/** Frontend messages of PostgreSQL's protocol 3 that run something. */
const QUERY = 'Q'.charCodeAt(0);
const BIND = 'B'.charCodeAt(0);
const SYNC = 'S'.charCodeAt(0);
const LENGTH_BYTES = 4;

/** Passes everything on to the database, message by message. */
export async function startCuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  let plan: { readonly statement: number; readonly when: CutWhen } | undefined;
  let counted = 0;
  let isCut = false;

  const cut = () => {
    isCut = true;
    // As when a process dies: the database reads what was sent, and then the end.
    for (const { client, server } of pairs) {
      server.end();
      client.destroy();
    }
  };
  const listener = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const server = connect(Number(target.port), target.hostname);
    const pair = { client, server };
    pairs.add(pair);
    const messages = messagesOf();
    let isLast = false;
    client.on('data', (chunk) => {
      for (const { type, bytes } of messages(chunk)) {
        if (isCut) return;
        const isStatement = type === QUERY || type === BIND;
        if (plan !== undefined && isStatement) counted += 1;
        const isNamed = isStatement && plan?.statement === counted;
        if (isNamed && plan?.when === 'before') {
          cut();
          return;
        }
        server.write(bytes);
        if (isNamed) isLast = true;
        // A statement runs with what comes up to its sync.
        if (isLast && (type === QUERY || type === SYNC)) cut();
      }
    });
    server.on('data', (chunk) => void client.write(chunk));
    client.on('close', () => server.end());
    server.on('close', () => {
      client.destroy();
      pairs.delete(pair);
    });
    for (const socket of [client, server]) {
      // Small messages wait for each other's receipts otherwise: 40 ms a statement.
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
    }
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.href,
    cutAt: (statement, when) => {
      [plan, counted] = [{ statement, when }, 0];
    },
    isCut: () => isCut,
    close: async () => {
      cut();
      await new Promise<void>((resolve) => {
        listener.close(() => {
          resolve();
        });
      });
    },
  };
}

interface Message {
  /** Undefined for the first of a connection, which has none. */
  readonly type: number | undefined;
  readonly bytes: Buffer;
}

/** Takes chunks and answers the messages that are whole by then. */
function messagesOf(): (chunk: Buffer) => readonly Message[] {
  let held = Buffer.alloc(0);
  let isFirst = true;
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    const messages: Message[] = [];
    for (;;) {
      const head = isFirst ? 0 : 1;
      if (held.length < head + LENGTH_BYTES) return messages;
      const size = head + held.readUInt32BE(head);
      if (held.length < size) return messages;
      messages.push({ type: isFirst ? undefined : held[0], bytes: held.subarray(0, size) });
      held = held.subarray(size);
      isFirst = false;
    }
  };
}
