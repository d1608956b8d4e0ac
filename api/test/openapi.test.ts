import { expect, test } from 'vitest';
import type { Route } from '../src/index.ts';
import { ALIASES, commonProblems, openApi, PROBLEM_CODES, ROUTES } from '../src/index.ts';

interface Operation {
  readonly operationId: string;
  readonly security: readonly unknown[];
  readonly responses: Readonly<Record<string, { description: string; content: object }>>;
  readonly requestBody?: { content: Record<string, { example?: unknown }> };
}
interface Described {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const described = JSON.parse(JSON.stringify(openApi({ version: '0.1.0' }))) as Described;
const rows = Object.entries<Route>(ROUTES);

test.each(rows)('%s is described: security, every problem, an example', (name, route) => {
  const operation = described.paths[route.path]?.[route.method.toLowerCase()];
  expect(operation?.operationId).toBe(name);
  expect(operation?.security).toEqual(route.auth === 'public' ? [] : [{ bearer: [] }]);
  for (const code of [...route.problems, ...commonProblems(route)]) {
    const { status } = PROBLEM_CODES[code];
    expect(operation?.responses[String(status)]?.description, code).toContain(`\`${code}\``);
  }
  if (route.body?.type === 'json') {
    expect(operation?.requestBody?.content['application/json']?.example).toBeDefined();
  }
  for (const status of Object.keys(route.statuses)) {
    expect(operation?.responses[status]).toBeDefined();
  }
});

test('every reference in the description leads somewhere', () => {
  const text = JSON.stringify(described);
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
  expect(references.length).toBeGreaterThan(50);
  for (const [, name = ''] of references) expect(described.components.schemas).toHaveProperty(name);
});

test('it says 3.1.0 and describes no route that the table does not have', () => {
  expect(described.openapi).toBe('3.1.0');
  const operations = Object.values(described.paths).flatMap((methods) => Object.values(methods));
  expect(operations).toHaveLength(rows.length + ALIASES.length);
});
