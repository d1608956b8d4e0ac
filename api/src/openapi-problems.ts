import type { Json, JsonObject } from './openapi-schemas.ts';
import { PROBLEM_CODES } from './problems.ts';
import type { ProblemCode } from './problems.ts';
import { commonProblems } from './route.ts';
import type { Route } from './route.ts';

/** One answer a status, with an example of each of its codes: these are what a client reads. */
export function problemAnswers(route: Route): JsonObject {
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
              examples: Object.fromEntries(codes.map((code) => [nameOf(code), refer(code)])),
            },
          },
        },
      ]),
  );
}

/** Each code once, for whichever answers name it. */
export function problemExamples(): JsonObject {
  const codes = Object.keys(PROBLEM_CODES) as ProblemCode[];
  const sent = codes.filter((code) => PROBLEM_CODES[code].status > 0);
  return Object.fromEntries(sent.map((code) => [nameOf(code), { value: example(code) }]));
}

function example(code: ProblemCode): Json {
  const { status, title, transient, advice } = PROBLEM_CODES[code];
  return { type: `/problems/${code}`, title, status, detail: title, code, transient, advice };
}

/** Names of components have no slash. */
function nameOf(code: ProblemCode): string {
  return code.replace('/', '.');
}

function refer(code: ProblemCode): Json {
  return { $ref: `#/components/examples/${nameOf(code)}` };
}
