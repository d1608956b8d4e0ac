import { LIMITS, ROUTE_NAMES, ROUTES } from '@sikka/api';
import type { HeaderName, Route, RouteName } from '@sikka/api';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Call, Caller, Handlers, Reply } from '../caller.ts';
import type { Authenticator } from '../identity/index.ts';
import { authorise } from './authorise.ts';
import { sendProblem } from './problems.ts';

export interface MountDeps {
  readonly handlers: Handlers<RouteName>;
  readonly authenticator: Authenticator;
  readonly clock: () => Date;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read; undefined on public routes. */
    caller: Caller | undefined;
    receivedAt: Date;
    /** The body as it came, where it is JSON. */
    rawBody: Uint8Array | undefined;
  }
}

/** Puts every row of the table behind its handler: nothing else is served. */
export function mount(server: FastifyInstance, deps: MountDeps): void {
  server.decorateRequest('caller', undefined);
  server.decorateRequest('rawBody', undefined);
  // Overwritten by each request before anything reads it.
  server.decorateRequest('receivedAt', null as unknown as Date);
  for (const name of ROUTE_NAMES) server.route(rowOf(name, deps));
}

function rowOf(name: RouteName, deps: MountDeps): RouteOptions {
  const route: Route = ROUTES[name];
  const answer = deps.handlers[name] as (call: unknown) => Promise<Reply<RouteName>>;
  return {
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    bodyLimit: bodyLimitOf(route),
    schema: schemaOf(route),
    // Before the body is read: who may not call gets nothing parsed.
    onRequest: async (request, reply) => {
      request.receivedAt = deps.clock();
      const { authenticator } = deps;
      const now = request.receivedAt;
      const { authorization } = request.headers;
      const authorised = await authorise(route, authorization, { authenticator, now });
      if (!authorised.ok) return sendProblem(reply, authorised.code, authorised);
      request.caller = authorised.caller;
      if (wrongType(route, request)) {
        const wanted = route.body?.type === 'json' ? 'application/json' : 'application/cbor';
        const detail = `This route takes ${wanted}.`;
        return sendProblem(reply, 'request/unsupported_media_type', { detail });
      }
    },
    preValidation: async (request, reply) => {
      // A batch without a byte is for its handler to refuse.
      if (route.body?.type === 'bytes') request.body ??= Buffer.alloc(0);
      if (route.body === undefined && !isEmpty(request.body)) {
        const detail = 'This route takes no body.';
        return sendProblem(reply, 'request/invalid', { detail });
      }
    },
    handler: async (request, reply) => {
      const call = callOf(route, request);
      if (call === undefined) {
        const detail = 'Idempotency-Key is 1 to 128 printable ASCII characters.';
        return sendProblem(reply, 'request/invalid', { detail });
      }
      return send(route, await answer(call), request, reply);
    },
  };
}

function bodyLimitOf({ body }: Route): number {
  return body?.maxBytes ?? LIMITS.jsonBodyBytes;
}

function schemaOf(route: Route): NonNullable<RouteOptions['schema']> {
  const { params, query, body, answer, statuses } = route;
  const response = !('schema' in answer)
    ? undefined
    : Object.fromEntries(Object.keys(statuses).map((status) => [status, answer.schema]));
  return {
    ...(params === undefined ? {} : { params }),
    querystring: query ?? { type: 'object', additionalProperties: false },
    ...(body?.type === 'json' ? { body: body.schema } : {}),
    ...(response === undefined ? {} : { response }),
  };
}

/** Parameters other than the character set, and bytes that only look like a type, are refused. */
const CONTENT_TYPES = {
  json: /^application\/json *(; *charset="?utf-8"?)?$/i,
  bytes: /^application\/cbor$/i,
} as const;

function wrongType({ body }: Route, { headers }: FastifyRequest): boolean {
  if (body === undefined) return false;
  const type = headers['content-type'];
  const sent = headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
  return type === undefined ? sent : !CONTENT_TYPES[body.type].test(type);
}

function isEmpty(body: unknown): boolean {
  // Some clients send an empty object with every POST.
  return body === undefined || body === null || JSON.stringify(body) === '{}';
}

/** Validated by the schemas above, so the types of the table hold. */
function callOf(route: Route, request: FastifyRequest): Call<RouteName> | undefined {
  const { 'idempotency-key': key, prefer } = request.headers;
  if (route.idempotencyKey === true && key !== undefined && !isKey(key)) return undefined;
  const call = {
    caller: request.caller,
    params: request.params,
    query: request.query,
    body: request.body,
    raw: route.body?.type === 'json' && route.body.verbatim === true ? request.rawBody : undefined,
    headers: headersOf(route, request),
    cursor: undefined,
    address: request.ip,
    requestId: request.id,
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

async function send(
  route: Route,
  answer: Reply<RouteName>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (!answer.ok) return sendProblem(reply, answer.code, answer);
  reply.code(answer.status);
  if (route.answer.type === 'page') {
    return reply.type(`${route.answer.mediaType}; charset=utf-8`).send(answer.value);
  }
  if (route.answer.type === 'packet') {
    reply.header('vary', 'accept');
    const packet = packetOf(answer.value);
    if (packet !== undefined && wantsPacket(request.headers.accept, route.answer.first)) {
      return reply.type('application/cbor').send(Buffer.from(packet, 'base64url'));
    }
  }
  return reply.type('application/json; charset=utf-8').send(answer.value);
}

function packetOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('packet' in value)) return undefined;
  return typeof value.packet === 'string' ? value.packet : undefined;
}

/** Whichever of the two is named; where neither or both are, the one the table puts first. */
function wantsPacket(accept: string | undefined, first: string): boolean {
  const cbor = accept?.includes('application/cbor') === true;
  const json = accept?.includes('application/json') === true;
  return cbor === json ? first === 'application/cbor' : cbor;
}
