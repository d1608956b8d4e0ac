import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import helmet from '@fastify/helmet';
import { PROBLEM_CODES, ROUTES } from '@sikka/api';
import type { ProblemCode, Route } from '@sikka/api';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { StartError } from '../errors.ts';
import type { Log } from '../log.ts';
import { parseJson } from './json.ts';
import { limits } from './limits.ts';
import { mount } from './mount.ts';
import type { MountDeps } from './mount.ts';
import { BodyRefused, createErrorHandler, problemBody, sendProblem } from './problems.ts';

export interface HttpOptions extends MountDeps {
  readonly log: Log;
  /** HTTPS is in front: browsers are told to insist on it. */
  readonly strictTransport: boolean;
  /** Only tests give others. */
  readonly timeouts?: { readonly headersMs: number; readonly requestMs: number };
}

export interface HttpServer {
  /** Answers the address once it listens. Throws `start/port_taken`, `start/address_unusable`. */
  listen(at: { readonly host: string; readonly port: number }): Promise<AddressInfo>;
  /** Takes nothing new, waits for what is running, at most `limits.drainMs`. */
  close(): Promise<void>;
}

/** The server: the table's routes and nothing else, every refusal an RFC 9457 problem. */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const server = fastify({
    // Who is asking is whoever holds the connection: no header can say otherwise.
    trustProxy: false,
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    logger: false,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    requestTimeout: options.timeouts?.requestMs ?? limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxRequestsPerSocket: limits.requestsPerConnection,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: limits.paramCharacters },
    http: {
      headersTimeout: options.timeouts?.headersMs ?? limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.connectionCheckMs,
      maxHeaderSize: limits.headerBytes,
    },
    // Fastify's own defaults would turn "5" into 5 and drop what a schema does not name.
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: false,
      },
    },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, _request, reply) => {
      const code = error.code === 'FST_ERR_BAD_URL' ? 'request/malformed' : 'request/not_found';
      void sendProblem(reply, code, { detail: 'No such path.' });
    },
  });
  server.server.maxConnections = limits.connections;
  readBodies(server);
  await setHeaders(server, options);
  logAnswers(server, options.log);
  server.setErrorHandler(createErrorHandler(options.log));
  server.setNotFoundHandler(refusePath);
  mount(server, options);
  return { listen: (at) => listen(server, at), close: () => close(server) };
}

/** JSON by our own parser, CBOR as it came; any other content type is refused (415). */
function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      request.rawBody = body;
      const parsed = parseJson(body);
      if (!parsed.ok) throw new BodyRefused(parsed.code, parsed.detail);
      return parsed.value;
    },
  );
  server.addContentTypeParser('application/cbor', { parseAs: 'buffer' }, (_, body, done) => {
    done(null, body);
  });
}

async function setHeaders(server: FastifyInstance, options: HttpOptions): Promise<void> {
  await server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    hsts: options.strictTransport ? { maxAge: 31_536_000, includeSubDomains: true } : false,
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    // Balances and tokens must not stay in anybody's cache.
    reply.header('cache-control', 'no-store');
  });
}

function logAnswers(server: FastifyInstance, log: Log): void {
  server.addHook('onResponse', async (request, reply) => {
    log.info('http.answered', {
      request_id: request.id,
      method: request.method,
      // The pattern, never the address: ids and whatever else people put into addresses.
      route: request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
}

const PATHS = Object.values<Route>(ROUTES).map(({ method, path }) => ({
  method,
  path: new RegExp(`^${path.replace(/\/$/, '').replace(/\{\w+\}/g, '[^/]+')}/?$`),
}));

/** 405 where the path is one of ours under another method, else 404. */
async function refusePath(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const [path = ''] = request.url.split('?', 1);
  const methods = new Set(PATHS.filter((row) => row.path.test(path)).map(({ method }) => method));
  if (methods.size === 0) {
    return sendProblem(reply, 'request/not_found', { detail: 'There is nothing at this path.' });
  }
  const allow = [...methods].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  reply.header('allow', allow.join(', '));
  const detail = `This path takes ${allow.join(', ')}.`;
  return sendProblem(reply, 'request/method_not_allowed', { detail });
}

/** What Node's parser refuses never becomes a request, so the answer is written by hand. */
function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = connectionProblem(error.code);
  const { status, title } = PROBLEM_CODES[code];
  const body = JSON.stringify(problemBody(code, { detail: 'The request was not understood.' }));
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nconnection: close\r\ncache-control: no-store\r\n` +
      `content-type: application/problem+json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function connectionProblem(reason: string | undefined): ProblemCode {
  if (reason === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request/timed_out';
  return reason === 'HPE_HEADER_OVERFLOW' ? 'request/too_large' : 'request/malformed';
}

async function listen(
  server: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<AddressInfo> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    throw listenFailure(error, { host, port });
  }
  return server.server.address() as AddressInfo;
}

/** Asks the port before anything else is started; `listen` still has the last word. */
export async function refuseTakenPort(at: {
  readonly host: string;
  readonly port: number;
}): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject).listen(at.port, at.host, resolve);
    });
  } catch (error) {
    throw listenFailure(error, at);
  }
  await new Promise((resolve) => probe.close(resolve));
}

function listenFailure(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): StartError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const message =
      `Port ${port} is taken by another program. Choose another with PORT, ` +
      `for example: PORT=${port + 100} npm start`;
    return new StartError('start/port_taken', message, { cause: error });
  }
  const message = `Cannot listen on ${host}:${port} (${String(code)}). Check HOST and PORT.`;
  return new StartError('start/address_unusable', message, { cause: error });
}

async function close(server: FastifyInstance): Promise<void> {
  // A connection that has had its answer would else stay open for the client's next request.
  const idle = setInterval(() => server.server.closeIdleConnections(), limits.drainCheckMs);
  const cut = setTimeout(() => server.server.closeAllConnections(), limits.drainMs);
  await server.close();
  clearInterval(idle);
  clearTimeout(cut);
}
