import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

/** A way to a database on which every statement is heard, and which may end at one of them. */
export interface StatementProxy {
  /** The database, by this way. */
  readonly url: string;
  /** Nothing passes any more. */
  isEnded(): boolean;
  close(): Promise<void>;
}

/** Before the database hears of a statement, or after it was sent and before it is answered. */
export type EndWhen = 'before' | 'after';

export interface Statement {
  /** Of one connection, all the same. */
  readonly connection: number;
  readonly text: string;
}

export interface Hearing {
  /** Told of each statement in the order in which they come; says whether all ends there. */
  readonly hear: (statement: Statement) => EndWhen | undefined;
  /** At that moment: whoever is connected hears no more of the database. */
  readonly end?: () => void;
}

/** Frontend messages of PostgreSQL's protocol 3 that matter here. */
const [QUERY, PARSE, BIND, SYNC] = ['Q', 'P', 'B', 'S'].map((type) => type.charCodeAt(0));
const LENGTH_BYTES = 4;

/** Passes everything on to the database, message by message. */
export async function startStatementProxy(
  databaseUrl: string,
  { hear, end }: Hearing,
): Promise<StatementProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  let connections = 0;
  let isEnded = false;

  const endAll = () => {
    isEnded = true;
    // As when a process dies: the database reads what was sent, and then the end.
    for (const { client, server } of pairs) {
      server.end();
      client.destroy();
    }
  };
  const endThere = () => {
    end?.();
    endAll();
  };
  const listener = createServer((client) => {
    if (isEnded) {
      client.destroy();
      return;
    }
    const server = connect(Number(target.port), target.hostname);
    const pair = { client, server };
    pairs.add(pair);
    const connection = (connections += 1);
    const messages = messagesOf();
    const textOf = statementTexts();
    let isLast = false;
    client.on('data', (chunk) => {
      for (const { type, bytes } of messages(chunk)) {
        if (isEnded) return;
        const text = textOf(type, bytes);
        const when = text === undefined ? undefined : hear({ connection, text });
        if (when === 'before') {
          endThere();
          return;
        }
        server.write(bytes);
        if (when === 'after') isLast = true;
        // A statement runs with what comes up to its sync.
        if (isLast && (type === QUERY || type === SYNC)) endThere();
      }
    });
    server.on('data', (chunk) => {
      if (!isEnded) client.write(chunk);
    });
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
  const url = new URL(databaseUrl);
  [url.hostname, url.port] = ['127.0.0.1', String(await listenOn(listener))];
  return {
    url: url.href,
    isEnded: () => isEnded,
    close: async () => {
      endAll();
      await new Promise<void>((resolve) => {
        listener.close(() => {
          resolve();
        });
      });
    },
  };
}

async function listenOn(listener: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}

/** Answers what a message runs; a bound statement's text came when it was parsed. */
function statementTexts(): (type: number | undefined, bytes: Buffer) => string | undefined {
  const parsed = new Map<string, string>();
  return (type, bytes) => {
    const [first = '', second = ''] =
      type === QUERY || type === PARSE || type === BIND
        ? bytes
            .subarray(1 + LENGTH_BYTES)
            .toString('latin1')
            .split('\0', 2)
        : [];
    switch (type) {
      case QUERY:
        return first;
      case PARSE:
        parsed.set(first, second);
        return undefined;
      case BIND:
        return parsed.get(second) ?? '';
      default:
        return undefined;
    }
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
