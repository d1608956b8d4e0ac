import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest';
import type { ApiResult, Transfer } from '../src/index.ts';
import { createClient, LIMITS, ROUTES } from '../src/index.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

type Answer = (...args: Parameters<RequestListener>) => void | Promise<void>;

async function listen(answer: Answer): Promise<string> {
  const listening = createServer((...args) => void answer(...args));
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const order = ROUTES.createTransfer.body.example;
const transfer = ROUTES.createTransfer.answer.example;

test('a call sends what its row says: method, path, token, idempotency key, JSON', async () => {
  let seen: Record<string, unknown> = {};
  const baseUrl = await listen(async (request, response) => {
    const { method, url, headers } = request;
    seen = { method, url, headers, body: JSON.parse((await bodyOf(request)).toString()) };
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(transfer));
  });
  const client = createClient({ baseUrl: `${baseUrl}/`, token: async () => 'a.b.c' });
  const result = await client.createTransfer({ body: order, idempotencyKey: 'k1' });
  expectTypeOf(result).toEqualTypeOf<ApiResult<Transfer>>();
  expect(result).toEqual({ ok: true, status: 201, value: transfer });
  expect(seen).toMatchObject({
    method: 'POST',
    url: '/api/v1/wallets/transfer',
    body: order,
    headers: {
      authorization: 'Bearer a.b.c',
      'content-type': 'application/json',
      'idempotency-key': 'k1',
    },
  });
});

test('a batch travels as CBOR, and is told not to wait where asked', async () => {
  let seen: Record<string, unknown> = {};
  const baseUrl = await listen(async (request, response) => {
    seen = { headers: request.headers, body: await bodyOf(request) };
    const answer = { upload_receipt: 'hAkI', received_at: '2026-11-20T10:00:00Z', outcomes: [] };
    response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  const client = createClient({ baseUrl, token: 't' });
  const body = new Uint8Array([0x81, 0x41, 0x00]);
  const result = await client.handInDocuments({ body, respondAsync: true });
  expect(result).toMatchObject({ ok: true, status: 202 });
  expect(seen['body']).toEqual(Buffer.from(body));
  expect(seen['headers']).toMatchObject({
    'content-type': 'application/cbor',
    prefer: 'respond-async',
  });
});

test('a public call asks for no token: who renews one by it would wait for itself', async () => {
  const baseUrl = await listen((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  let asked = 0;
  const client = createClient({ baseUrl, token: () => ((asked += 1), 't') });
  await client.getHealth();
  expect(asked).toBe(0);
  await client.listWallets();
  expect(asked).toBe(1);
});

test('a public call carries no token, and path and query are escaped', async () => {
  let seen: IncomingMessage | undefined;
  const baseUrl = await listen((request, response) => {
    seen = request;
    response.end(JSON.stringify({ first: 1, second: 2, path: [] }));
  });
  const client = createClient({ baseUrl, token: 't' });
  await client.getConsistency({ query: { first: 1, second: '2&x=3' } });
  expect(seen?.url).toBe('/api/v1/log/consistency?first=1&second=2%26x%3D3');
  expect(seen?.headers.authorization).toBeUndefined();
  await client.getProof({ params: { proof_id: '../health' } });
  expect(seen?.url).toBe('/api/v1/proofs/..%2Fhealth');
});

describe('no call throws:', () => {
  const unexpected = { ok: false, problem: { code: 'client/unexpected_answer', transient: true } };
  const unreachable = { ok: false, problem: { code: 'client/unreachable', status: 0 } };

  test.each<[string, RequestListener, object]>([
    ['a page of something between', (_, answer) => answer.end('<html>'), unexpected],
    ['its error page', (_, answer) => answer.writeHead(502).end('Bad gateway'), unexpected],
    ['JSON of another shape', (_, answer) => answer.end('{"status":"sick"}'), unexpected],
    ['nothing', (_, answer) => answer.end(), unexpected],
    [
      'a problem of the bank',
      (_, answer) => answer.writeHead(503, { 'retry-after': '2' }).end(JSON.stringify(problem)),
      { ok: false, problem: { ...problem, retryAfterSeconds: 2 } },
    ],
    ['a lost connection', (request) => request.socket.destroy(), unreachable],
    [
      'half an answer',
      (_, answer) => {
        answer.writeHead(200, { 'content-length': '100' });
        answer.write('{"status"', () => answer.destroy());
      },
      unreachable,
    ],
    [
      'a redirection elsewhere',
      (_, answer) => answer.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      unreachable,
    ],
    [
      'an answer without an end',
      (_, answer) => answer.end(Buffer.alloc(LIMITS.answerBytes + 1, 0x20)),
      unreachable,
    ],
  ])('%s', async (_, answer, expected) => {
    const client = createClient({ baseUrl: await listen(answer) });
    expect(await client.getHealth()).toMatchObject(expected);
  });

  test('a bank that is not there', async () => {
    const client = createClient({ baseUrl: 'http://127.0.0.1:1' });
    expect(await client.getHealth()).toMatchObject(unreachable);
  });

  test('a bank that never answers', async () => {
    const client = createClient({ baseUrl: await listen(() => undefined), timeoutMs: 50 });
    expect(await client.getHealth()).toMatchObject(unreachable);
  });

  test('a caller that gives up', async () => {
    const client = createClient({ baseUrl: await listen(() => undefined) });
    const result = await client.getHealth({ signal: AbortSignal.timeout(50) });
    expect(result).toMatchObject(unreachable);
  });

  test('a token that cannot be had', async () => {
    const client = createClient({
      baseUrl: 'http://127.0.0.1:1',
      token: () => Promise.reject(new Error('locked')),
    });
    expect(await client.listWallets()).toMatchObject({
      ok: false,
      problem: { code: 'client/unreachable', detail: 'locked' },
    });
  });
});

const problem = {
  type: '/problems/server/unavailable',
  title: 'Temporarily unavailable',
  status: 503,
  detail: 'The database is away.',
  code: 'server/unavailable',
  transient: true,
  advice: 'Send the same request again.',
};
