import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { File, Route, RouteName } from '@sikka/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Reply } from '../caller.ts';
import { sendProblem } from './problems.ts';
import type { Sockets } from './sockets.ts';
import { COME_AGAIN, untilEnded } from './streams.ts';

const GONE = AbortSignal.abort();

/** Sends what a handler answered, as its row of the table says. */
export async function send(
  route: Route,
  answer: Reply<RouteName>,
  {
    request,
    reply,
    ended,
    sockets,
  }: {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly ended: AbortSignal | undefined;
    readonly sockets: Sockets;
  },
): Promise<FastifyReply> {
  if (!answer.ok) return sendProblem(reply, answer.code, answer);
  reply.code(answer.status).headers(answer.headers ?? {});
  const value: unknown = answer.value;
  switch (route.answer.type) {
    case 'page':
      return reply.type(`${route.answer.mediaType}; charset=utf-8`).send(value);
    case 'file': {
      const { mediaType, bytes } = value as File;
      return reply.type(mediaType).send(Buffer.from(bytes));
    }
    case 'stream': {
      // A proxy that collects the answer would keep events back.
      reply.header('x-accel-buffering', 'no').type(`${route.answer.mediaType}; charset=utf-8`);
      const source = untilEnded(value as AsyncIterable<string>, ended ?? GONE, COME_AGAIN);
      return reply.send(Readable.from(source));
    }
    case 'socket': {
      const source = value as AsyncIterable<string>;
      const { protocol } = route.answer;
      sockets.grant({ request, reply, protocol, source, ended: ended ?? GONE });
      return reply;
    }
    case 'packet':
      return sendPacket(value, route.answer.first, { request, reply });
    case 'json':
      reply.type('application/json; charset=utf-8');
      return route.etag === true ? sendTagged(value, { request, reply }) : reply.send(value);
  }
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

function sendPacket(value: unknown, first: string, { request, reply }: Exchange): FastifyReply {
  reply.header('vary', 'accept');
  const packet = packetOf(value);
  if (packet !== undefined && wantsPacket(request.headers.accept, first)) {
    return reply.type('application/cbor').send(Buffer.from(packet, 'base64url'));
  }
  return reply.type('application/json; charset=utf-8').send(value);
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

/** With a tag of the content (RFC 9110 §8.8.3); whoever has that content gets no more than 304. */
function sendTagged(value: unknown, { request, reply }: Exchange): FastifyReply {
  // By the row's schema, as any other answer; always text for JSON.
  const text = reply.serialize(value) as string;
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  reply.header('etag', tag).header('cache-control', 'no-cache');
  const known = request.headers['if-none-match']?.split(',').map((part) => part.trim()) ?? [];
  if (known.some((one) => one === '*' || one.replace(/^W\//, '') === tag)) {
    return reply.code(304).send();
  }
  return reply.serializer((body: unknown) => String(body)).send(text);
}
