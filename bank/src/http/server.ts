import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { PROBLEM_CODES, ROUTES } from '@sikka/api';
import type { ProblemCode } from '@sikka/api';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logs } from '../log.ts';
import type { Tracer } from '../trace.ts';
import { logCalls } from './audit-lines.ts';
import { parseJson } from './json.ts';
import { limits } from './limits.ts';
import { listenFailure } from './listening.ts';
import type { Metrics } from './metrics/index.ts';
import type { Mode } from './mode.ts';
import { mount, servedPaths } from './mount.ts';
import type { MountDeps } from './mount.ts';
import { createSockets } from './sockets.ts';
import { createStreams } from './streams.ts';
import { traceRequests } from './traces.ts';
import { isOfTheApp, serveWalletApp } from './wallet-app.ts';
import { BodyRefused, createErrorHandler, problemBody, sendProblem } from './problems.ts';

export interface HttpOptions extends MountDeps {
  readonly logs: Logs;
  readonly metrics?: Metrics;
  /** Undefined: nothing is traced. */
  readonly tracer?: Tracer | undefined;
  /** Proxies in front of us, as addresses or CIDR: what they say of the caller is believed. */
  readonly trustedProxies: readonly string[];
  /** Pages of these origins may read our answers. */
  readonly corsOrigins: readonly string[];
  /** The folder of the built wallet app. */
  readonly walletAppDir: string;
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
    // Who is asking is whoever holds the connection: only proxies of ours can say otherwise.
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
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
  // First, so that all the other hooks are part of it.
  if (options.tracer !== undefined) traceRequests(server, options.tracer);
  readBodies(server);
  await setHeaders(server, options);
  logAnswers(server, options);
  logCalls(server, options.logs);
  server.setErrorHandler(createErrorHandler(options.logs.application));
  server.setNotFoundHandler(refusePath(options));
  const streams = createStreams();
  const sockets = createSockets(server, limits.socketBeatMs);
  mount(server, { ...options, streams, sockets });
  await serveWalletApp(server, options.walletAppDir);
  return {
    listen: (at) => listen(server, at),
    close: () => {
      streams.closeAll();
      return close(server);
    },
  };
}

/** JSON by our own parser, CBOR as it came; any other content type is refused (415). */
function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      const body = request.routeOptions.config.row?.route.body;
      // Some clients name the type of a body that they do not send.
      if (bytes.length === 0 && body === undefined) return undefined;
      const { amounts, maxValues } = body?.type === 'json' ? body : {};
      const parsed = parseJson(bytes, amounts, maxValues);
      if (!parsed.ok) throw new BodyRefused(parsed.code, parsed.detail);
      request.rawBody = bytes;
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
  await allowOrigins(server, options.corsOrigins);
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    // Balances and tokens must not stay in anybody's cache.
    reply.header('cache-control', 'no-store');
    reply.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()');
    if (!namesOnce(request.raw.rawHeaders)) {
      const detail = 'The request names its host or its sender twice.';
      return sendProblem(reply, 'request/malformed', { detail });
    }
    return undefined;
  });
}

/** Node heeds the first, others the last: whoever is in front of us may have (RFC 9112 §3.2). */
function namesOnce(rawHeaders: readonly string[]): boolean {
  const count = (name: string) =>
    rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === name).length;
  return count('host') <= 1 && count('authorization') <= 1;
}

/** By the list and no other; without cookies there are no credentials to allow. */
async function allowOrigins(server: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await server.register(cors, {
    origin: [...origins],
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: [
      ...['authorization', 'content-type', 'idempotency-key', 'if-none-match', 'last-event-id'],
      ...['prefer', 'x-device-fingerprint'],
    ],
    exposedHeaders: [
      ...['etag', 'retry-after', 'x-next-cursor', 'x-ratelimit-limit', 'x-ratelimit-remaining'],
      ...['x-ratelimit-reset', 'x-request-id'],
    ],
    maxAge: limits.preflightSeconds,
    strictPreflight: false,
  });
}

function logAnswers(server: FastifyInstance, { logs, metrics }: HttpOptions): void {
  server.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const { statusCode: status, elapsedTime: ms } = reply;
    const row = request.routeOptions.config.row?.name ?? 'none';
    metrics?.answered({ row, method, status, seconds: ms / 1000 });
    logs.application.info('http.answered', {
      request_id: request.id,
      method,
      // The pattern, never the address: ids and whatever else people put into addresses.
      route: request.routeOptions.url,
      status,
      ms: Math.round(ms),
    });
  });
}

/** 405 where the path is one of ours under another method, else 404. */
function refusePath(mode: Mode) {
  const served = servedPaths(mode).map(({ name, path }) => ({
    method: ROUTES[name].method,
    path: new RegExp(`^${path.replace(/\/$/, '').replace(/\{\w+\}/g, '[^/]+')}/?$`),
  }));
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const [path = ''] = request.url.split('?', 1);
    const here = served.filter((row) => row.path.test(path)).map(({ method }) => method);
    if (isOfTheApp(path) && !['GET', 'HEAD'].includes(request.method)) here.push('GET');
    return refuseMethod(new Set(here), reply);
  };
}

function refuseMethod(methods: ReadonlySet<string>, reply: FastifyReply): Promise<FastifyReply> {
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

async function close(server: FastifyInstance): Promise<void> {
  // A connection that has had its answer would else stay open for the client's next request.
  const idle = setInterval(() => server.server.closeIdleConnections(), limits.drainCheckMs);
  const cut = setTimeout(() => server.server.closeAllConnections(), limits.drainMs);
  await server.close();
  clearInterval(idle);
  clearTimeout(cut);
}
