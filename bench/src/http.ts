import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface Call {
  readonly path: string;
  readonly token?: string;
  /** Absent for GET. */
  readonly body?: { readonly type: string; readonly bytes: Uint8Array };
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly bytes: Buffer;
}

/** A client whose connections are kept open. */
export interface HttpClient {
  /** Rejects where the connection ends first. One connection carries one request at a time. */
  send(call: Call): Promise<Reply>;
}

/**
 * Runs `act` with a client of its own: connections of an earlier sample may have been closed by the
 * server meanwhile, which a client hears of too late while it signs.
 *
 * Written for this: Node's own takes twice as much of the cores that the bank is to have. It knows
 * HTTP/1.1 with `content-length`, which is all that the bank sends.
 */
export async function withHttpClient<T>(
  at: { readonly url: string; readonly connections: number },
  act: (client: HttpClient) => Promise<T>,
): Promise<T> {
  const { hostname, port, host } = new URL(at.url);
  const opened = await Promise.all(
    Array.from({ length: at.connections }, () => open(hostname, Number(port))),
  );
  const idle = [...opened];
  const waiting: ((connection: Connection) => void)[] = [];
  const take = () => {
    const connection = idle.pop();
    if (connection !== undefined) return Promise.resolve(connection);
    return new Promise<Connection>((resolve) => void waiting.push(resolve));
  };
  const giveBack = (connection: Connection) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(connection);
    else next(connection);
  };
  const send = async (call: Call): Promise<Reply> => {
    const connection = await take();
    try {
      return await connection.exchange(bytesOf(call, host));
    } finally {
      giveBack(connection);
    }
  };
  try {
    return await act({ send });
  } finally {
    for (const connection of opened) connection.close();
  }
}

interface Connection {
  exchange(request: readonly Uint8Array[]): Promise<Reply>;
  close(): void;
}

function open(host: string, port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(connectionOn(socket));
    });
  });
}

function connectionOn(socket: Socket): Connection {
  let asked: { resolve(reply: Reply): void; reject(reason: Error): void } | undefined;
  let received: Buffer = Buffer.alloc(0);
  const fail = (error: Error) => {
    asked?.reject(error);
    asked = undefined;
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The server closed the connection.')));
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const reply = readReply(received);
    if (reply === undefined) return;
    received = Buffer.alloc(0);
    if (reply === 'no length') fail(new Error('An answer without a length.'));
    else asked?.resolve(reply);
    asked = undefined;
  });
  return {
    exchange: (request) =>
      new Promise((resolve, reject) => {
        asked = { resolve, reject };
        socket.cork();
        for (const bytes of request) socket.write(bytes);
        socket.uncork();
      }),
    close: () => socket.destroy(),
  };
}

function bytesOf({ path, token, body, headers = {} }: Call, host: string): readonly Uint8Array[] {
  const lines = [
    `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`,
    `host: ${host}`,
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined
      ? []
      : [`content-type: ${body.type}`, `content-length: ${body.bytes.length}`]),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return body === undefined ? [head] : [head, body.bytes];
}

/** Undefined while some of it is still on its way. */
function readReply(received: Buffer): Reply | 'no length' | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) return 'no length';
  const start = end + 4;
  if (received.length < start + Number(length)) return undefined;
  const bytes = received.subarray(start, start + Number(length));
  return { status: Number(head.slice(9, 12)), bytes };
}

/** The JSON of an answer; throws with the answer's text where the status is another. */
export function jsonOf<T>({ status, bytes }: Reply, ...expected: readonly number[]): T {
  if (!expected.includes(status)) {
    throw new Error(`Answered ${status}: ${bytes.toString('utf8').slice(0, 500)}`);
  }
  return JSON.parse(bytes.toString('utf8')) as T;
}
