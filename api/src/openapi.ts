import type { TSchema } from '@sinclair/typebox';
import { ALIASES } from './aliases.ts';
import { LIMITS } from './limits.ts';
import { problemAnswers, problemExamples } from './openapi-problems.ts';
import { reference } from './openapi-schemas.ts';
import type { Components, Json, JsonObject } from './openapi-schemas.ts';
import { describeWebhooks } from './openapi-webhooks.ts';
import { ProblemBody } from './problems.ts';
import type { HeaderName, JsonBody, Route } from './route.ts';
import { ROUTES } from './routes.ts';

export interface OpenApiOptions {
  readonly version: string;
  readonly serverUrl?: string;
  /** Whether a row is served; default: all of them. */
  readonly serves?: (route: Route) => boolean;
}

/**
 * The OpenAPI 3.1 description of the whole table: every route, its problems, its examples, and
 * what is posted to webhooks.
 */
export function openApi(options: OpenApiOptions): JsonObject {
  const components: Components = new Map();
  const paths: Record<string, Record<string, Json>> = {};
  for (const { id, path, route, deprecated } of operations(options)) {
    const described = operation(id, route, components);
    const method = route.method.toLowerCase();
    paths[path] = { ...paths[path], [method]: { ...described, ...deprecated } };
  }
  const problem = reference(ProblemBody, components);
  const webhooks = describeWebhooks(components);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sikka',
      version: options.version,
      description: 'Offline payments that settle exactly once. Errors are RFC 9457 problems.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    ...(options.serverUrl === undefined ? {} : { servers: [{ url: options.serverUrl }] }),
    tags: [...new Set(operations(options).map(({ route }) => route.tag))].map((name) => ({
      name,
    })),
    paths,
    webhooks,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
      schemas: Object.fromEntries(components),
      examples: problemExamples(),
      responses: {
        Problem: {
          description: 'RFC 9457.',
          content: { 'application/problem+json': { schema: problem } },
        },
      },
    },
  };
}

interface Operation {
  readonly id: string;
  readonly path: string;
  readonly route: Route;
  readonly deprecated?: { readonly deprecated: true };
}

/** Each row under its own path, then under those of older clients. */
function operations({ serves = () => true }: OpenApiOptions): readonly Operation[] {
  const own = Object.entries<Route>(ROUTES).map(([id, route]) => ({ id, path: route.path, route }));
  const others = ALIASES.map(({ of, path }, index) => {
    const earlier = ALIASES.slice(0, index).filter((alias) => alias.of === of).length;
    const deprecated = { deprecated: true } as const;
    return { id: `${of}_alias_${earlier + 1}`, path, route: ROUTES[of], deprecated };
  });
  return [...own, ...others].filter(({ route }) => serves(route));
}

function operation(name: string, route: Route, components: Components): JsonObject {
  const parameters = parametersOf(route, components);
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: route.auth === 'public' ? [] : [{ bearer: [] }],
    'x-role': route.roles ?? route.auth,
    'x-rate-class': route.limit,
    ...(route.stepUp === true ? { 'x-step-up': true } : {}),
    ...(route.openInDemo === true ? { 'x-open-in-demo': true } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: requestBody(route, components) }),
    responses: { ...answers(route, components), ...problemAnswers(route) },
  };
}

function parametersOf(route: Route, components: Components): readonly Json[] {
  const read = (where: 'path' | 'query', schema: TSchema | undefined): readonly Json[] => {
    const properties = (schema?.['properties'] ?? {}) as Readonly<Record<string, TSchema>>;
    const required = new Set((schema?.['required'] ?? []) as readonly string[]);
    return Object.entries(properties).map(([name, property]) => ({
      name,
      in: where,
      required: required.has(name),
      schema: reference(property, components),
    }));
  };
  return [
    ...read('path', route.params),
    ...read('query', route.query),
    ...(route.cursor === true ? [cursorParameter] : []),
    ...(route.headers ?? []).map((name) => HEADERS[name]),
    ...(route.etag === true ? [tagHeader] : []),
    ...(route.idempotencyKey === true ? [idempotencyHeader] : []),
    ...(route.respondAsync === true ? [preferHeader] : []),
  ];
}

const idempotencyHeader: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Yours alone. The same key with the same body gives the first answer, for ever.',
  schema: { type: 'string', minLength: 1, maxLength: LIMITS.idempotencyKeyCharacters },
};
const cursorParameter: Json = {
  name: 'cursor',
  in: 'query',
  required: false,
  description: 'Where the page begins: `X-Next-Cursor` of the page before.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9_-]+$', maxLength: LIMITS.cursorCharacters },
};
const tagHeader: Json = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The `ETag` of what you have: where it is still so, the answer is 304.',
  schema: { type: 'string' },
};
const HEADERS: Readonly<Record<HeaderName, Json>> = {
  'x-device-fingerprint': {
    name: 'X-Device-Fingerprint',
    in: 'header',
    required: false,
    description: 'Which of your devices is asking.',
    schema: { type: 'string', maxLength: 512 },
  },
  authorization: {
    name: 'Authorization',
    in: 'header',
    required: false,
    description: '`Bearer` and the token of this route alone, which is no access token.',
    schema: { type: 'string', maxLength: 512 },
  },
  'last-event-id': {
    name: 'Last-Event-ID',
    in: 'header',
    required: false,
    description: 'The last event that you have: the stream goes on after it.',
    schema: { type: 'string', maxLength: 512 },
  },
  'user-agent': {
    name: 'User-Agent',
    in: 'header',
    required: false,
    description: 'By what the session is recognised in the list of one’s sessions.',
    schema: { type: 'string', maxLength: 512 },
  },
};
const preferHeader: Json = {
  name: 'Prefer',
  in: 'header',
  required: false,
  description: '`respond-async`: store, and answer `pending` without waiting (RFC 7240).',
  schema: { type: 'string' },
};

function requestBody(route: Route, components: Components): JsonObject {
  if (route.body?.type === 'bytes') {
    const { mediaType, description } = route.body;
    return { required: true, description, content: { [mediaType]: { schema: binary } } };
  }
  const schema = route.body === undefined ? {} : reference(withAmounts(route.body), components);
  const example = (route.body?.example ?? {}) as Json;
  return { required: true, content: { 'application/json': { schema, example } } };
}

/** Members that are decimal text or a JSON number; both are read as they were written. */
function withAmounts({ schema, amounts = [] }: JsonBody): TSchema {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, TSchema>>;
  const either = amounts.flatMap((name) => {
    const text = properties[name];
    return text === undefined ? [] : [[name, { anyOf: [text, { type: 'number' }] }] as const];
  });
  if (either.length === 0) return schema;
  return { ...schema, properties: { ...properties, ...Object.fromEntries(either) } };
}

const binary: Json = { type: 'string', contentMediaType: 'application/cbor', format: 'binary' };

function answers(route: Route, components: Components): JsonObject {
  return Object.fromEntries(
    Object.entries(route.statuses).map(([status, description]) => [
      status,
      { description, headers: answerHeaders(route), content: answerContent(route, components) },
    ]),
  );
}

function answerHeaders(route: Route): JsonObject {
  const text = (description: string): Json => ({ description, schema: { type: 'string' } });
  const whole = (description: string): Json => ({ description, schema: { type: 'integer' } });
  return {
    'X-Request-Id': text('Name it when you ask for help.'),
    ...(route.limit === 'none'
      ? {}
      : {
          'X-RateLimit-Limit': whole('Calls of this kind that you have in a minute.'),
          'X-RateLimit-Remaining': whole('How many of them are left.'),
          'X-RateLimit-Reset': whole('Seconds until they are new.'),
        }),
    ...(route.cursor === true ? { 'X-Next-Cursor': text('Absent on the last page.') } : {}),
    ...(route.etag === true ? { ETag: text('Changes with the content.') } : {}),
  };
}

function answerContent(route: Route, components: Components): JsonObject {
  const { answer } = route;
  if (answer.type === 'page') return { [answer.mediaType]: { schema: { type: 'string' } } };
  if (answer.type === 'stream') {
    return { [answer.mediaType]: { schema: { type: 'string' }, example: answer.example } };
  }
  if (answer.type === 'socket') return {};
  if (answer.type === 'file') {
    return Object.fromEntries(
      answer.mediaTypes.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
    );
  }
  const json = { schema: reference(answer.schema, components), example: answer.example as Json };
  if (answer.type === 'json') return { 'application/json': json };
  return { 'application/json': json, 'application/cbor': { schema: binary } };
}
