import type { TSchema } from '@sinclair/typebox';
import { LIMITS } from './limits.ts';
import { PROBLEM_CODES, ProblemBody } from './problems.ts';
import type { ProblemCode } from './problems.ts';
import { commonProblems } from './route.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

export interface OpenApiOptions {
  readonly version: string;
  readonly serverUrl?: string;
}

/** The OpenAPI 3.1 description of the whole table: every route, its problems, its examples. */
export function openApi(options: OpenApiOptions): JsonObject {
  const components = new Map<string, Json>();
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of Object.entries<Route>(ROUTES)) {
    paths[route.path] ??= {};
    const methods = paths[route.path] ?? {};
    methods[route.method.toLowerCase()] = operation(name, route, components);
  }
  const problem = reference(ProblemBody, components);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sikka',
      version: options.version,
      description: 'Offline payments that settle exactly once. Errors are RFC 9457 problems.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    ...(options.serverUrl === undefined ? {} : { servers: [{ url: options.serverUrl }] }),
    tags: [...new Set(Object.values<Route>(ROUTES).map(({ tag }) => tag))].map((name) => ({
      name,
    })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
      schemas: Object.fromEntries(components),
      responses: {
        Problem: {
          description: 'RFC 9457.',
          content: { 'application/problem+json': { schema: problem } },
        },
      },
    },
  };
}

function operation(name: string, route: Route, components: Map<string, Json>): JsonObject {
  const parameters = parametersOf(route, components);
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: route.auth === 'public' ? [] : [{ bearer: [] }],
    'x-role': route.auth,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: requestBody(route, components) }),
    responses: { ...answers(route, components), ...problemAnswers(route) },
  };
}

function parametersOf(route: Route, components: Map<string, Json>): readonly Json[] {
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
const preferHeader: Json = {
  name: 'Prefer',
  in: 'header',
  required: false,
  description: '`respond-async`: store, and answer `pending` without waiting (RFC 7240).',
  schema: { type: 'string' },
};

function requestBody(route: Route, components: Map<string, Json>): JsonObject {
  if (route.body?.type === 'bytes') {
    const { mediaType, description } = route.body;
    return { required: true, description, content: { [mediaType]: { schema: binary } } };
  }
  const schema = route.body === undefined ? {} : reference(route.body.schema, components);
  const example = (route.body?.example ?? {}) as Json;
  return { required: true, content: { 'application/json': { schema, example } } };
}

const binary: Json = { type: 'string', contentMediaType: 'application/cbor', format: 'binary' };

function answers(route: Route, components: Map<string, Json>): JsonObject {
  return Object.fromEntries(
    Object.entries(route.statuses).map(([status, description]) => [
      status,
      { description, content: answerContent(route, components) },
    ]),
  );
}

function answerContent(route: Route, components: Map<string, Json>): JsonObject {
  const { answer } = route;
  if (answer.type === 'page') return { [answer.mediaType]: { schema: { type: 'string' } } };
  if (answer.type === 'stream') {
    return { [answer.mediaType]: { schema: { type: 'string' }, example: answer.example } };
  }
  if (answer.type === 'file') {
    return Object.fromEntries(
      answer.mediaTypes.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
    );
  }
  const json = { schema: reference(answer.schema, components), example: answer.example as Json };
  if (answer.type === 'json') return { 'application/json': json };
  return { 'application/json': json, 'application/cbor': { schema: binary } };
}

/** One answer a status, which names its codes: OpenAPI has no place for two of one status. */
function problemAnswers(route: Route): JsonObject {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set([...route.problems, ...commonProblems(route)])) {
    const { status } = PROBLEM_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [
        String(status),
        {
          description: codes.map((code) => `\`${code}\`: ${PROBLEM_CODES[code].title}`).join('; '),
          content: {
            'application/problem+json': {
              schema: { $ref: '#/components/schemas/Problem' },
              example: problemExample(codes[0] ?? 'server/internal'),
            },
          },
        },
      ]),
  );
}

function problemExample(code: ProblemCode): Json {
  const { status, title, transient, advice } = PROBLEM_CODES[code];
  return { type: `/problems/${code}`, title, status, detail: title, code, transient, advice };
}

/** A schema with a title becomes a component, once; everything else stays where it is. */
function reference(schema: TSchema, components: Map<string, Json>): Json {
  const inlined = inline(schema, components);
  const { title } = schema;
  if (title === undefined) return inlined;
  const known = components.get(title);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(inlined)) {
    throw new Error(`Two different schemas are called ${title}.`);
  }
  components.set(title, inlined);
  return { $ref: `#/components/schemas/${title}` };
}

function inline(value: unknown, components: Map<string, Json>): Json {
  if (Array.isArray(value)) return value.map((item) => nested(item, components));
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, nested(item, components)]),
  );
}

function nested(value: unknown, components: Map<string, Json>): Json {
  const titled = typeof value === 'object' && value !== null && 'title' in value;
  const isSchema = titled && typeof value.title === 'string';
  return isSchema ? reference(value as TSchema, components) : inline(value, components);
}
