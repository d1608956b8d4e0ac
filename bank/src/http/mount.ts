import { ALIASES, LIMITS, ROUTE_NAMES, ROUTES } from '@sikka/api';
import type { HeaderName, Route, RouteName } from '@sikka/api';
import type {
  FastifyContextConfig,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RouteOptions,
} from 'fastify';
import type { Call, Caller, Handlers, Reply } from '../caller.ts';
import type { Authenticator } from '../identity/index.ts';
import { authorise } from './authorise.ts';
import { limits } from './limits.ts';
import { authorizationOf, refuseSocket } from './handshake.ts';
import { isServed } from './mode.ts';
import type { Mode } from './mode.ts';
import { sendProblem } from './problems.ts';
import type { RateLimiter, Verdict } from './rate-limit/index.ts';
import { bodyLimitOf, isEmpty, namesTwice, schemaOf, wrongType } from './schemas.ts';
import { send } from './send.ts';
import type { Sockets } from './sockets.ts';
import type { NewStream, Streams } from './streams.ts';

export interface MountDeps extends Mode {
  readonly handlers: Handlers<RouteName>;
  readonly authenticator: Authenticator;
  readonly clock: () => Date;
  /** Undefined: nothing is counted. */
  readonly limiter: RateLimiter | undefined;
}

interface Mounting extends MountDeps {
  readonly streams: Streams;
  readonly sockets: Sockets;
  readonly corsOrigins: readonly string[];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read; undefined on public routes. */
    caller: Caller | undefined;
    receivedAt: Date;
    /** The body as it came, where it is JSON. */
    rawBody: Uint8Array | undefined;
  }
  interface FastifyContextConfig {
    /** The row of the table; undefined where nothing is. */
    row?: { readonly name: RouteName; readonly route: Route };
  }
}

/** The paths that a server of this kind serves: each row's own, then its aliases. */
export function servedPaths(
  mode: Mode,
): readonly { readonly name: RouteName; readonly path: string }[] {
  const own = ROUTE_NAMES.map((name) => ({ name, path: ROUTES[name].path }));
  const others = ALIASES.map(({ of, path }) => ({ name: of, path }));
  return [...own, ...others].filter(({ name }) => isServed((ROUTES[name] as Route).only, mode));
}

/** Puts every row of the table behind its handler: nothing else is served. */
export function mount(server: FastifyInstance, deps: Mounting): void {
  server.decorateRequest('caller', undefined);
  server.decorateRequest('rawBody', undefined);
  // Overwritten by each request before anything reads it.
  server.decorateRequest('receivedAt', null as unknown as Date);
  for (const { name, path } of servedPaths(deps)) server.route(optionsOf(name, path, deps));
}

function optionsOf(name: RouteName, path: string, deps: Mounting): RouteOptions {
  const route: Route = ROUTES[name];
  const config: FastifyContextConfig = { row: { name, route } };
  return {
    method: route.method,
    url: path.replace(/\{(\w+)\}/g, ':$1'),
    bodyLimit: bodyLimitOf(route),
    schema: schemaOf(route),
    config,
    exposeHeadRoute: route.method === 'GET' && !goesOn(route),
    // Before the body is read: who may not call gets nothing parsed.
    onRequest: async (request, reply) => {
      request.receivedAt = deps.clock();
      return (
        (await admit(name, route, { request, reply, deps })) ??
        (await refuseSocket(route, { ...deps, request, reply })) ??
        refuseType(route, request, reply)
      );
    },
    preValidation: async (request, reply) =>
      (await admitAgain(route, { request, reply, deps })) ?? refuseShape(route, request, reply),
    preHandler: async (request, reply) => {
      const { ip: address, caller, body, receivedAt: now } = request;
      const verdict = await deps.limiter?.bySubject({ name, route, address, caller, body, now });
      return refuseOver(verdict, reply);
    },
    handler: async (request, reply) => {
      const ended = goesOn(route)
        ? deps.streams.open(streamOf(route, { request, reply, deps }))
        : undefined;
      const call = callOf(route, request, ended);
      if (call === undefined) {
        const detail = 'Idempotency-Key is 1 to 128 printable ASCII characters.';
        return sendProblem(reply, 'request/invalid', { detail });
      }
      // The table has one type for each row; here they are one.
      const answer = deps.handlers[name] as (call: unknown) => Promise<Reply<RouteName>>;
      return send(route, await answer(call), { request, reply, ended, sockets: deps.sockets });
    },
  };
}

/** Answers that end when somebody ends them. */
function goesOn({ answer }: Route): boolean {
  return answer.type === 'stream' || answer.type === 'socket';
}

function streamOf(route: Route, { request, reply, deps }: Asking): NewStream {
  const { authenticator, clock, demo } = deps;
  // The response to a handshake ends where the WebSocket begins.
  const lasting = route.answer.type === 'socket' ? request.raw.socket : reply.raw;
  const authorization = authorizationOf(route, request);
  return {
    onClose: (end) => lasting.once('close', end),
    mayGoOn: async () =>
      (await authorise(route, authorization, { authenticator, demo, now: clock() })).ok,
  };
}

interface Asking {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly deps: Mounting;
}

/** Answers a problem where the caller may not, or asks too often. */
async function admit(
  name: RouteName,
  route: Route,
  { request, reply, deps }: Asking,
): Promise<FastifyReply | undefined> {
  const { authenticator, limiter, demo } = deps;
  const { ip: address, receivedAt: now } = request;
  const asked = await limiter?.byAddress({ name, route, address, now });
  if (asked?.ok === false) return refuseOver(asked, reply);
  const authorization = authorizationOf(route, request);
  const authorised = await authorise(route, authorization, { authenticator, demo, now });
  if (!authorised.ok) {
    const failed = await limiter?.byFailure({ address, now });
    if (failed?.ok === false) return refuseOver(failed, reply);
    return sendProblem(reply, authorised.code, authorised);
  }
  const { caller } = authorised;
  request.caller = caller;
  return refuseOver(await limiter?.byCaller({ name, route, address, caller, now }), reply);
}

/**
 * Once the body is here: whoever sent it slowly is looked at again, so that a logout, a block or a
 * lost role meanwhile counts, and the time is that of the act.
 */
async function admitAgain(
  route: Route,
  { request, reply, deps }: Asking,
): Promise<FastifyReply | undefined> {
  const { authenticator, demo } = deps;
  const now = deps.clock();
  if (now.getTime() - request.receivedAt.getTime() <= limits.promptBodyMs) return undefined;
  request.receivedAt = now;
  const authorization = authorizationOf(route, request);
  const authorised = await authorise(route, authorization, { authenticator, demo, now });
  if (!authorised.ok) return sendProblem(reply, authorised.code, authorised);
  request.caller = authorised.caller;
  return undefined;
}

async function refuseOver(
  verdict: Verdict | undefined,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (verdict === undefined) return undefined;
  reply.headers(verdict.headers);
  return verdict.ok ? undefined : sendProblem(reply, verdict.code, verdict);
}

async function refuseType(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (!wrongType(route, request)) return undefined;
  const wanted = route.body?.type === 'json' ? 'application/json' : 'application/cbor';
  const detail = `This route takes ${wanted}.`;
  return sendProblem(reply, 'request/unsupported_media_type', { detail });
}

async function refuseShape(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  // A batch without a byte is for its handler to refuse.
  if (route.body?.type === 'bytes') request.body ??= Buffer.alloc(0);
  if (route.body === undefined && !isEmpty(request.body)) {
    return sendProblem(reply, 'request/invalid', { detail: 'This route takes no body.' });
  }
  if (!namesTwice(request.query)) return undefined;
  return sendProblem(reply, 'request/invalid', { detail: 'A parameter is named twice.' });
}

/** Validated by the schemas, so the types of the table hold. */
function callOf(
  route: Route,
  request: FastifyRequest,
  ended: AbortSignal | undefined,
): Call<RouteName> | undefined {
  const { 'idempotency-key': key, prefer } = request.headers;
  if (route.idempotencyKey === true && key !== undefined && !isKey(key)) return undefined;
  const { cursor, ...query } = request.query as Readonly<Record<string, string>>;
  const call = {
    caller: request.caller,
    params: request.params,
    query: route.cursor === true ? query : request.query,
    body: request.body,
    raw: route.body?.type === 'json' && route.body.verbatim === true ? request.rawBody : undefined,
    headers: headersOf(route, request),
    cursor: route.cursor === true ? cursor : undefined,
    address: request.ip,
    requestId: request.id,
    ended,
    idempotencyKey: route.idempotencyKey === true ? key : undefined,
    respondAsync:
      route.respondAsync === true && /(^|,)\s*respond-async\s*(,|;|$)/i.test(String(prefer ?? '')),
    now: request.receivedAt,
  };
  return call as unknown as Call<RouteName>;
}

/** Each of those that the row names, where it is something that a client of ours would send. */
function headersOf(route: Route, request: FastifyRequest): Partial<Record<HeaderName, string>> {
  const named = (route.headers ?? []).flatMap((name) => {
    const value = request.headers[name];
    const fits = typeof value === 'string' && HEADER_VALUE.test(value);
    return fits ? [[name, value] as const] : [];
  });
  return Object.fromEntries(named);
}

const HEADER_VALUE = /^[\x20-\x7e]{1,512}$/;

function isKey(key: string | readonly string[]): key is string {
  return typeof key === 'string' && key.length <= LIMITS.idempotencyKeyCharacters && printable(key);
}

function printable(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key);
}
