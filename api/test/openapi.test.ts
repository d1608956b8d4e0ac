import { createHmac } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Value } from '@sinclair/typebox/value';
import { describe, expect, test } from 'vitest';
import type { ProblemCode, Route } from '../src/index.ts';
import {
  ALIASES,
  commonProblems,
  EVENT_EXAMPLE,
  EVENT_KINDS,
  eventExample,
  EVENTS,
  eventSchema,
  openApi,
  PROBLEM_CODES,
  ROUTES,
} from '../src/index.ts';

interface Example {
  readonly $ref?: string;
  readonly value?: unknown;
}
interface Response {
  readonly description: string;
  readonly content: Readonly<
    Record<string, { example?: unknown; examples?: Readonly<Record<string, Example>> }>
  >;
}
interface Operation {
  readonly operationId: string;
  readonly security: readonly unknown[];
  readonly responses: Readonly<Record<string, Response>>;
  readonly requestBody?: { content: Record<string, { example?: unknown }> };
}
interface Described {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<Record<string, { readonly post: Operation }>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>;
    readonly examples: Readonly<Record<string, Example>>;
  };
}

const described = JSON.parse(JSON.stringify(openApi({ version: '0.1.0' }))) as Described;
const rows = Object.entries<Route>(ROUTES);

test.each(rows)('%s is described: security, every problem, an example', (name, route) => {
  const operation = described.paths[route.path]?.[route.method.toLowerCase()];
  expect(operation?.operationId).toBe(name);
  expect(operation?.security).toEqual(route.auth === 'public' ? [] : [{ bearer: [] }]);
  for (const code of [...route.problems, ...commonProblems(route)]) {
    const answer = operation?.responses[String(PROBLEM_CODES[code].status)];
    expect(answer?.description, code).toContain(`\`${code}\``);
    const { examples } = answer?.content['application/problem+json'] ?? {};
    expect(exampleOf(examples?.[nameOf(code)]), code).toMatchObject({ code });
  }
  if (route.body?.type === 'json') {
    expect(operation?.requestBody?.content['application/json']?.example).toBeDefined();
  }
  for (const status of Object.keys(route.statuses)) {
    const content = operation?.responses[status]?.content ?? {};
    const { type } = route.answer;
    if (type === 'json' || type === 'packet') {
      expect(content['application/json']?.example).toEqual(route.answer.example);
    }
    if (type === 'stream') expect(content[route.answer.mediaType]?.example).toBeDefined();
  }
});

/** What an example says, wherever it stands. */
function exampleOf({ $ref, value }: Example = {}): unknown {
  const name = $ref?.replace('#/components/examples/', '');
  return name === undefined ? value : described.components.examples[name]?.value;
}

function nameOf(code: ProblemCode): string {
  return code.replace('/', '.');
}

test('the description is what the published schema of OpenAPI 3.1 says one is', async () => {
  const validator = new Validator();
  expect(await validator.validate({ ...structuredClone(described) })).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  // The validator is no rubber stamp.
  const wrong = { ...described, webhooks: { x: { post: { responses: 1 } } } };
  expect((await new Validator().validate(wrong)).valid).toBe(false);
});

test('every problem that is sent has an example, and every example is somewhere', () => {
  const sent = (Object.keys(PROBLEM_CODES) as ProblemCode[]).filter(
    (code) => PROBLEM_CODES[code].status > 0,
  );
  expect(Object.keys(described.components.examples).toSorted()).toEqual(
    sent.map(nameOf).toSorted(),
  );
});

describe('what is posted to webhooks', () => {
  test.each(EVENT_KINDS)('%s is described with an example that fits and is signed', (kind) => {
    const operation = described.webhooks[kind]?.post;
    expect(operation?.requestBody?.content['application/json']?.example).toEqual(
      eventExample(kind),
    );
    expect([...Value.Errors(eventSchema(kind), eventExample(kind))]).toEqual([]);
    const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(EVENTS[kind].signature) ?? [];
    const body = JSON.stringify(eventExample(kind));
    const mac = createHmac('sha256', EVENT_EXAMPLE.secret).update(`${t}.${body}`).digest('hex');
    expect(v1).toBe(mac);
  });

  test('is exactly what a webhook can ask for', () => {
    expect(Object.keys(described.webhooks)).toEqual([...EVENT_KINDS]);
    const kinds = ROUTES.createWebhook.body.schema.properties.kinds;
    expect(Value.Check(kinds, [...EVENT_KINDS])).toBe(true);
  });
});

test('every reference in the description leads somewhere', () => {
  const text = JSON.stringify(described);
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([\w.]+)"/g)];
  expect(references.length).toBeGreaterThan(50);
  for (const [, name = ''] of references) expect(described.components.schemas).toHaveProperty(name);
});

test('it says 3.1.0 and describes no route that the table does not have', () => {
  expect(described.openapi).toBe('3.1.0');
  const operations = Object.values(described.paths).flatMap((methods) => Object.values(methods));
  expect(operations).toHaveLength(rows.length + ALIASES.length);
});
