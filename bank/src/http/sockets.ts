import { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { limits } from './limits.ts';
import { untilEnded } from './streams.ts';
import type { StreamEnd } from './streams.ts';

/** Connections on which the client asked for a WebSocket, which has not been granted yet. */
export interface Sockets {
  isAsked(request: FastifyRequest): boolean;
  /** Grants it (101), and sends what `source` gives until either side has had enough. */
  grant(asked: Granted): void;
}

export interface Granted {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly protocol: string;
  readonly source: AsyncIterable<string>;
  readonly ended: AbortSignal;
}

/** RFC 6455 §7.4.1. */
const CLOSE = { unsupported: 1003, refused: 1008, restarting: 1012, tooSlow: 1013 } as const;

/**
 * Sends requests for a WebSocket through the same hooks as any other request, so that a row of
 * the table guards them; whatever else asks for an upgrade is served as if it had not
 * (RFC 9110 §7.8 leaves that to us).
 */
export function createSockets(server: FastifyInstance, beatMs: number): Sockets {
  const asked = new WeakMap<IncomingMessage, { socket: Socket; head: Buffer }>();
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Nothing is to be unpacked here, however small it comes (docs/security-rows.md, 12).
    perMessageDeflate: false,
    maxPayload: limits.socketMessageBytes,
    handleProtocols: (offered, request) => protocolOf(request, offered),
  });
  const protocols = new WeakMap<IncomingMessage, string>();
  const protocolOf = (request: IncomingMessage, offered: ReadonlySet<string>) => {
    const protocol = protocols.get(request);
    return protocol !== undefined && offered.has(protocol) ? protocol : false;
  };
  wss.on('headers', (headers, request) => {
    const id = requestIds.get(request);
    if (id !== undefined) headers.push(`X-Request-Id: ${id}`);
  });
  const requestIds = new WeakMap<IncomingMessage, string>();

  // Node's type is of any duplex stream; of a server for TCP it is a socket.
  server.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (!isHandshake(request)) return serveAsUsual(server, { request, socket, head });
    socket.on('error', () => socket.destroy());
    asked.set(request, { socket, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    // Where it is refused the connection ends with the answer.
    response.once('finish', () => response.socket?.destroySoon());
    server.routing(request, response);
  });

  return {
    isAsked: ({ raw }) => asked.has(raw),
    grant: ({ request, reply, protocol, source, ended }) => {
      const connection = asked.get(request.raw);
      if (connection === undefined) throw new Error('Nobody asked for a WebSocket.');
      protocols.set(request.raw, protocol);
      requestIds.set(request.raw, request.id);
      reply.hijack();
      reply.raw.detachSocket(connection.socket);
      wss.handleUpgrade(request.raw, connection.socket, connection.head, (socket) => {
        void speak(socket, { source, ended, beatMs });
      });
      // For the hooks that note what was answered: `ws` writes this one by itself.
      reply.raw.statusCode = 101;
      reply.raw.emit('finish');
    },
  };
}

/** RFC 6455 §4.2.1. */
function isHandshake({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '')
  );
}

interface Connection {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

/** Gives the request back to Node's parser without what asked for the upgrade. */
function serveAsUsual(server: FastifyInstance, { request, socket, head }: Connection): void {
  const { method = '', url = '', httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!/^(upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${withoutUpgrade(value)}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.server.emit('connection', socket);
}

/** Of the header `Connection`; of others it is no name that they would list. */
function withoutUpgrade(value: string): string {
  if (!/^[\w-]+( *, *[\w-]+)*$/.test(value)) return value;
  const kept = value.split(/ *, */).filter((one) => !/^(upgrade|http2-settings)$/i.test(one));
  return kept.join(', ');
}

interface Speech {
  readonly source: AsyncIterable<string>;
  readonly ended: AbortSignal;
  readonly beatMs: number;
}

async function speak(socket: WebSocket, { source, ended, beatMs }: Speech): Promise<void> {
  const stopPings = keepAwake(socket, beatMs);
  socket.on('close', stopPings);
  // What is wrong with a frame closes the connection, and that is said by `close`.
  socket.on('error', () => undefined);
  socket.on('message', () => socket.close(CLOSE.unsupported, 'Nothing is taken here.'));
  const leave = () => {
    const end = ended.reason as StreamEnd;
    const code = end === 'refused' ? CLOSE.refused : CLOSE.restarting;
    hangUp(socket, code);
  };
  // Also while a message waits for a reader that takes nothing.
  ended.addEventListener('abort', leave, { once: true });
  try {
    for await (const message of untilEnded(source, ended)) await send(socket, message);
    if (ended.aborted) leave();
    else hangUp(socket, CLOSE.tooSlow);
  } catch {
    // The connection is gone, or what feeds it is: the reader comes back with its last number.
    socket.terminate();
  }
}

/** One message at a time: what a slow reader has not taken waits at its source, not here. */
function send(socket: WebSocket, message: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(message, (error) => (error instanceof Error ? reject(error) : resolve()));
  });
}

function hangUp(socket: WebSocket, code: number): void {
  socket.close(code);
  setTimeout(() => socket.terminate(), limits.socketCloseMs).unref();
}

/** Pings; who has not answered the one before is gone. Answers how to stop. */
function keepAwake(socket: WebSocket, beatMs: number): () => void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const beat = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, beatMs);
  return () => clearInterval(beat);
}
