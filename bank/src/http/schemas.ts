import type { TSchema } from '@sinclair/typebox';
import { LIMITS } from '@sikka/api';
import type { Route } from '@sikka/api';
import type { FastifyRequest, RouteOptions } from 'fastify';

/** What a row of the table takes, in the form that the server checks by. */
export function schemaOf(route: Route): NonNullable<RouteOptions['schema']> {
  const { params, body, answer, statuses } = route;
  const response = 'schema' in answer ? answer.schema : undefined;
  return {
    ...(params === undefined ? {} : { params }),
    querystring: queryOf(route),
    ...(body?.type === 'json' ? { body: body.schema } : {}),
    ...(response === undefined ? {} : { response: forEach(Object.keys(statuses), response) }),
  };
}

function forEach(statuses: readonly string[], schema: TSchema): Readonly<Record<string, TSchema>> {
  return Object.fromEntries(statuses.map((status) => [status, schema]));
}

/** Ours are opaque base64url; what they say is checked by whoever gave them. */
const CURSOR = {
  type: 'string',
  pattern: '^[A-Za-z0-9_-]+$',
  maxLength: LIMITS.cursorCharacters,
} as const;

function queryOf({ query, cursor, openQuery }: Route): object {
  const named = (query?.properties ?? {}) as Readonly<Record<string, TSchema>>;
  return {
    ...(query ?? { type: 'object' }),
    properties: { ...named, ...(cursor === true ? { cursor: CURSOR } : {}) },
    additionalProperties: openQuery === true,
  };
}

export function bodyLimitOf({ body }: Route): number {
  return body?.maxBytes ?? LIMITS.jsonBodyBytes;
}

/** Parameters other than the character set, and bytes that only look like a type, are refused. */
const CONTENT_TYPES = {
  json: /^application\/json *(; *charset="?utf-8"?)?$/i,
  bytes: /^application\/cbor$/i,
} as const;

export function wrongType({ body }: Route, { headers }: FastifyRequest): boolean {
  if (body === undefined) return false;
  const type = headers['content-type'];
  const sent = headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
  return type === undefined ? sent : !CONTENT_TYPES[body.type].test(type);
}

export function isEmpty(body: unknown): boolean {
  // Some clients send an empty object with every POST.
  return body === undefined || body === null || JSON.stringify(body) === '{}';
}

/** Readers disagree about which of two counts, so neither does: also of unknown parameters. */
export function namesTwice(query: unknown): boolean {
  return Object.values(query ?? {}).some((value) => Array.isArray(value));
}
