import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Value } from '@sinclair/typebox/value';
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest';
import type { Client, Route, RouteName } from '../src/index.ts';
import { createClient, PROBLEM_CODES, ProblemBody, ROUTE_NAMES, ROUTES } from '../src/index.ts';
import { thinRows } from '../src/index.ts';
import { createThinClient, isProblem } from '../src/thin.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function listen(answer: RequestListener): Promise<string> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

const isCallable = (name: RouteName): name is keyof Client => ROUTES[name].answer.type !== 'socket';

test('a thin client sends what the full one sends, for every row of the table', async () => {
  const seen: unknown[] = [];
  const baseUrl = await listen((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method, url, headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(parts).toString('hex') });
      response.writeHead(503, { 'content-type': 'application/problem+json' }).end('{}');
    });
  });
  const names = ROUTE_NAMES.filter(isCallable);
  const options = { baseUrl, token: 't' };
  const full = createClient(options);
  const thin = createThinClient(thinRows(names), options);
  for (const name of names) {
    const input = {
      params: Object.fromEntries([...paramsOf(name)].map((param) => [param, 'a/b'])),
      query: { of: 'a&b' },
      ...((ROUTES[name] as Route).body === undefined ? {} : { body: new Uint8Array([1, 2]) }),
      idempotencyKey: 'k',
    } as never;
    const answers = [await full[name](input), await thin[name](input)];
    expect(answers[1]).toEqual(answers[0]);
    const [a, b] = seen.splice(0);
    expect(b, name).toEqual(a);
  }
});

const paramsOf = (name: RouteName): Iterable<string> =>
  [...ROUTES[name].path.matchAll(/\{(\w+)\}/g)].map(([, param = '']) => param);

test('its calls have the types of the full client’s', () => {
  const thin = createThinClient(thinRows(['getMe', 'createTransfer']), { baseUrl: '' });
  expectTypeOf(thin).toEqualTypeOf<Pick<Client, 'getMe' | 'createTransfer'>>();
});

describe('an answer without what its row needs is not the bank’s:', () => {
  test.each<[string, string, object]>([
    ['whole', JSON.stringify(ROUTES.getHealth.answer.example), { ok: true }],
    ['more than that', '{"status":1,"database":2,"version":3,"more":4}', { ok: true }],
    ['a page', '<html>', { problem: { code: 'client/unexpected_answer' } }],
    ['null', 'null', { problem: { code: 'client/unexpected_answer' } }],
    ['a number', '7', { problem: { code: 'client/unexpected_answer' } }],
    [
      'one member less',
      '{"status":1,"database":2}',
      { problem: { code: 'client/unexpected_answer' } },
    ],
  ])('%s', async (_, text, expected) => {
    const baseUrl = await listen((_request, response) => response.end(text));
    expect(await createThinClient(thinRows(['getHealth']), { baseUrl }).getHealth()).toMatchObject(
      expected,
    );
  });
});

test('a problem is one to the thin client exactly where it is one to the schema', () => {
  const { status, title, transient, advice } = PROBLEM_CODES['wallet/not_found'];
  const code = 'wallet/not_found';
  const good = { type: `/problems/${code}`, title, status, detail: 'No.', code, transient, advice };
  const blocked = { code: 'ACCOUNT_BLOCKED', message: '', reason: '', fraud_review_pending: true };
  const wrong = [undefined, null, 7, '7', true, [], {}, [{}], [{ pointer: 1, detail: '' }]];
  const bodies: unknown[] = [
    ...[...wrong, good, { ...good, later: 1 }, { ...good, detail: blocked }],
    ...Object.keys(blocked).map((name) => ({ ...good, detail: { ...blocked, [name]: 7 } })),
    ...Object.keys(blocked).map((name) => ({ ...good, detail: without(blocked, name) })),
    ...Object.keys(good).map((name) => without(good, name)),
    { ...good, errors: [] },
    { ...good, errors: [{ pointer: '/body', detail: 'does not fit' }] },
    ...[...Object.keys(good), 'hand_in_token', 'request_id', 'error', 'errors'].flatMap((name) =>
      wrong.map((value) => ({ ...good, [name]: value })),
    ),
  ];
  const fits = bodies.map((body) => Value.Check(ProblemBody, body));
  expect(new Set(fits)).toEqual(new Set([true, false]));
  expect(bodies.map((body) => isProblem(body))).toEqual(fits);
});

function without(value: object, name: string): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}
