import type { Route } from '@sikka/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problems.ts';
import type { Sockets } from './sockets.ts';

/** What a browser, which can set no header, puts before its token in the list of subprotocols. */
const BEARER = 'sikka.bearer.';

/** The header, or for a WebSocket the subprotocol that stands for it: never the address. */
export function authorizationOf(route: Route, { headers }: FastifyRequest): string | undefined {
  if (route.answer.type !== 'socket' || headers.authorization !== undefined) {
    return headers.authorization;
  }
  const offered = headers['sec-websocket-protocol']?.split(',').map((one) => one.trim());
  const bearer = offered?.find((one) => one.startsWith(BEARER));
  return bearer === undefined ? undefined : `Bearer ${bearer.slice(BEARER.length)}`;
}

/**
 * Where the answer is a WebSocket: refuses what is no handshake of one, and pages of origins that
 * may not read our answers either (CORS does not apply to WebSockets, RFC 6455 §10.2).
 */
export async function refuseSocket(
  { answer }: Route,
  on: {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly sockets: Sockets;
    readonly corsOrigins: readonly string[];
  },
): Promise<FastifyReply | undefined> {
  if (answer.type !== 'socket') return undefined;
  const { request, reply, sockets, corsOrigins } = on;
  const { origin } = request.headers;
  if (origin !== undefined && !corsOrigins.includes(origin)) {
    const detail = 'Pages of this origin may not read what the bank answers.';
    return sendProblem(reply, 'event/origin_refused', { detail });
  }
  if (sockets.isAsked(request)) return undefined;
  reply.headers({ upgrade: 'websocket', 'sec-websocket-version': '13' });
  const detail = 'This path is a WebSocket; /api/v1/events has the same events.';
  return sendProblem(reply, 'event/upgrade_required', { detail });
}
