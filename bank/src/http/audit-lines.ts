import type { ProblemCode, Route, RouteName } from '@sikka/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logs } from '../log.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** What was refused, where something was. */
    problem: ProblemCode | undefined;
  }
}

/** Rows by which money moves or is promised. */
const MONEY: ReadonlySet<RouteName> = new Set<RouteName>([
  'createTransfer',
  'createTransaction',
  'signAndStore',
  'syncOffline',
  'confirmOffline',
  'handInDocuments',
  'createAllowance',
  'createDemoAccount',
]);

/**
 * One line for each call that a security officer or a bookkeeper would ask about: which row, who
 * by number, and what came of it. Never what was sent.
 */
export function logCalls(server: FastifyInstance, { security, transactions }: Logs): void {
  server.decorateReply('problem', undefined);
  server.addHook('onResponse', async (request, reply) => {
    const { row } = request.routeOptions.config;
    if (row === undefined) return;
    const { problem } = reply;
    const fields = {
      row: row.name,
      account: request.caller === undefined ? undefined : String(request.caller.accountId),
      status: reply.statusCode,
      code: problem,
      request_id: request.id,
    };
    if (MONEY.has(row.name)) transactions.info('call.money', fields);
    if (problem !== undefined && /^(auth|otp|rate)\//.test(problem)) {
      security.warn('call.refused', fields);
    } else if (isSensitive(row.route, request)) {
      security.info('call.answered', fields);
    }
  });
}

/** Signing in, fresh proofs, and whatever only some roles may do, except looking. */
function isSensitive(route: Route, { method }: FastifyRequest): boolean {
  if (route.stepUp === true || route.limit === 'auth') return true;
  const privileged = route.auth === 'operator' || route.roles !== undefined;
  return privileged && method !== 'GET' && method !== 'HEAD';
}
