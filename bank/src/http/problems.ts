import { PROBLEM_CODES } from '@sikka/api';
import type { FieldError, ProblemBody, ProblemCode } from '@sikka/api';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isRetryable, isUnavailable } from '../db/index.ts';
import type { Log } from '../log.ts';
import { limits } from './limits.ts';

export interface ProblemDetails {
  readonly detail: ProblemBody['detail'];
  readonly errors?: readonly FieldError[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly blocked?: Exclude<ProblemBody['detail'], string> | undefined;
  readonly handInToken?: string | undefined;
}

const SECONDS_TO_RETRY = 2;

/** RFC 9457: status, title, advice come from the closed list, the sentence from the caller. */
export function problemBody(
  code: ProblemCode,
  { detail, blocked, errors, handInToken }: ProblemDetails,
  requestId?: string,
): ProblemBody {
  const { status, title, transient, advice } = PROBLEM_CODES[code];
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail: blocked ?? detail,
    code,
    transient,
    advice,
    ...(handInToken === undefined ? {} : { hand_in_token: handInToken }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(errors === undefined ? {} : { errors: [...errors] }),
  };
}

/** Sends a problem; the only place that does. */
export async function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  details: ProblemDetails,
): Promise<FastifyReply> {
  const { status, transient } = PROBLEM_CODES[code];
  const body = problemBody(code, details, reply.request.id);
  const { row } = reply.request.routeOptions.config;
  reply.problem = code;
  const retry = details.retryAfterSeconds ?? (transient ? SECONDS_TO_RETRY : undefined);
  if (retry !== undefined) reply.header('retry-after', String(retry));
  // Also where the path could not be read, and no hook has run.
  reply.header('x-request-id', reply.request.id).header('cache-control', 'no-store');
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(row?.route.forTills === true ? tellTill(body) : body);
}

/** Older tills read `error`, and show what is in `errors`. */
function tellTill(body: ProblemBody): ProblemBody {
  const error = typeof body.detail === 'string' ? body.detail : body.detail.message;
  return { ...body, error, errors: body.errors ?? [{ pointer: '', detail: error }] };
}

/** A body that the parser refused, on its way to the error handler. */
export class BodyRefused extends Error {
  readonly code: ProblemCode;

  constructor(code: ProblemCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** Maps whatever a request ended with to a problem, in this order; what is unknown is a bug. */
export function createErrorHandler(log: Log) {
  return async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const known = problemOf(error);
    if (known !== undefined) return sendProblem(reply, known.code, known);
    const at = { request_id: request.id, route: request.routeOptions.url };
    if (isUnavailable(error) || isRetryable(error) || error.code === QUERY_CANCELED) {
      log.warn('http.database_unavailable', { ...at, reason: error.code });
      const detail = 'The database does not answer at the moment; nothing was decided.';
      return sendProblem(reply, 'server/unavailable', { detail });
    }
    log.error('http.failed', {
      ...at,
      name: error.name,
      message: error.message,
      stack: error.stack,
    });
    const detail = 'Something in the bank went wrong; it has been logged under the request id.';
    return sendProblem(reply, 'server/internal', { detail });
  };
}

/** statement_timeout. */
const QUERY_CANCELED = '57014';

interface KnownProblem extends ProblemDetails {
  readonly code: ProblemCode;
}

function problemOf(error: FastifyError): KnownProblem | undefined {
  if (error instanceof BodyRefused) {
    return { code: error.code, detail: error.message };
  }
  switch (error.code) {
    case 'FST_ERR_VALIDATION':
      return invalid(error);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return {
        code: 'request/unsupported_media_type',
        detail: 'No route takes this content type.',
      };
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { code: 'request/too_large', detail: 'The body is longer than this route takes.' };
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_BAD_URL':
      return { code: 'request/malformed', detail: 'The request is not well-formed.' };
    default:
      return undefined;
  }
}

/** Where the request breaks its schema, without repeating what it said. */
function invalid(error: FastifyError): KnownProblem {
  const where = error.validationContext ?? 'body';
  const errors = (error.validation ?? []).slice(0, limits.fieldErrors).map((fault) => {
    const named = fault.params['missingProperty'] ?? fault.params['additionalProperty'];
    const below = typeof named === 'string' ? `/${escapePointer(named)}` : '';
    return {
      pointer: `/${where}${fault.instancePath}${below}`,
      detail: fault.message ?? 'does not fit',
    };
  });
  const detail = `The ${where} does not fit this route; \`errors\` says where.`;
  return { code: 'request/invalid', detail, errors };
}

function escapePointer(name: string): string {
  return name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
}
