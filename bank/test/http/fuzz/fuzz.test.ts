import http from 'node:http';
import { Agent } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBank } from '../running-bank.ts';
import type { RunningBank } from '../running-bank.ts';
import { mutate, NAUGHTY, pick, seeded, textOf } from './mutations.ts';
import type { Random } from './mutations.ts';

const REQUESTS = 20_000;
/** Enough to keep two processors busy, and fewer than wait for a password at most. */
const AT_ONCE = 24;
/** `npm run fuzz -- --target http` gives another seed, and minutes to go on for. */
const SEED = Number(process.env['SIKKA_FUZZ_SEED'] ?? 20_261_121);
const GO_ON_MS = Number(process.env['SIKKA_FUZZ_MINUTES'] ?? 0) * 60_000;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly mediaType: string | undefined;
  readonly example: unknown;
  readonly isStream: boolean;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

let running: RunningBank;
let operations: readonly Operation[];
let tokens: readonly string[];
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
beforeAll(async () => {
  running = await startTestBank({ LOG_LEVEL: 'warn' });
  operations = operationsIn(await (await running.fetch('/openapi.json')).json());
  const accounts = ['ayesha', 'bilal', 'operator'];
  tokens = await Promise.all(accounts.map((account) => running.bank.token(account)));
});
afterAll(async () => {
  agent.destroy();
  await running.stop();
});

test(
  'twenty thousand requests that nobody should send: none is a bug',
  async () => {
    const sums = await ledgerSums();
    const random = seeded(SEED);
    /** One of each route and status. */
    const bugs = new Map<string, string>();
    const seen = new Map<number, number>();
    let sent = 0;
    const end = performance.now() + GO_ON_MS;
    const sender = async () => {
      while (sent < REQUESTS || performance.now() < end) {
        sent += 1;
        const operation = pick(random, operations);
        const request = requestFor(random, operation);
        const { status, type, text } = await send(request, operation.isStream);
        seen.set(status, (seen.get(status) ?? 0) + 1);
        const isProblem = type.startsWith('application/problem+json') || request.method === 'HEAD';
        if (status >= 500 || (status >= 400 && !isProblem)) {
          const body = String(request.body ?? '').slice(0, 300);
          const about = `${request.method} ${operation.path} -> ${status}`;
          bugs.set(about, `${request.path.slice(0, 200)} ${body} -> ${text}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
    const logged = running.log.filter((line) => line.includes('"level":"error"')).slice(0, 5);
    const found = { bugs: Object.fromEntries(bugs), logged };
    expect(found, `seed ${SEED}, ${sent} requests`).toEqual({ bugs: {}, logged: [] });
    // The requests reach what they are about: some succeed, most are refused by their schema.
    for (const status of [200, 400, 401, 404, 405, 415, 422]) {
      expect([status, seen.get(status) ?? 0]).toEqual([status, expect.any(Number)]);
      expect(seen.get(status) ?? 0, String(status)).toBeGreaterThan(0);
    }
    expect(await ledgerSums()).toEqual(sums);
  },
  600_000 + GO_ON_MS,
);

/** Money is only ever moved: whatever was sent, every currency still sums to nothing. */
async function ledgerSums(): Promise<unknown> {
  const { rows } = await running.ownerPool.query(
    `select currency, sum(balance) as sum from ledger_balances group by currency order by currency`,
  );
  return rows;
}

function operationsIn(described: unknown): readonly Operation[] {
  interface Described {
    readonly parameters?: readonly { readonly name: string; readonly in: string }[];
    readonly requestBody?: { readonly content: Record<string, { readonly example?: unknown }> };
    readonly responses: Record<string, { readonly content?: Record<string, unknown> }>;
  }
  const { paths } = described as { paths: Record<string, Record<string, Described>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const [mediaType] = Object.keys(operation.requestBody?.content ?? {});
      const content = operation.responses['200']?.content ?? {};
      const named = operation.parameters ?? [];
      return {
        method: method.toUpperCase(),
        path,
        query: named.flatMap((parameter) => (parameter.in === 'query' ? [parameter.name] : [])),
        mediaType,
        example: operation.requestBody?.content[mediaType ?? '']?.example,
        isStream: 'text/event-stream' in content,
      };
    }),
  );
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
const TYPES = ['text/plain', 'application/xml', 'application/json; charset=utf-16', 'multipart/x'];
const IDS = ['1', '200000000006', '100000000008', 'f'.repeat(64), '100001', 'ayesha', '0'];

function requestFor(random: Random, operation: Operation): Request {
  const method = random() < 0.03 ? pick(random, METHODS) : operation.method;
  const hasBody = operation.mediaType !== undefined && method !== 'GET' && method !== 'HEAD';
  const type = random() < 0.03 ? pick(random, TYPES) : (operation.mediaType ?? '');
  return {
    method,
    path: `${pathFor(random, operation)}${queryFor(random, operation)}`,
    headers: { ...headersFor(random), ...(hasBody ? { 'content-type': type } : {}) },
    body: hasBody ? bodyFor(random, operation) : undefined,
  };
}

function pathFor(random: Random, { path }: Operation): string {
  return path.replace(/\{\w+\}/g, () => {
    if (random() < 0.5) return pick(random, IDS);
    return encodeURIComponent(wellFormed(pick(random, NAUGHTY)).slice(0, 200));
  });
}

function queryFor(random: Random, { query }: Operation): string {
  if (random() < 0.6) return '';
  const names = query.length === 0 ? ['x'] : query;
  const pairs = names.map((name) => {
    const value = wellFormed(pick(random, NAUGHTY)).slice(0, 300);
    return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  });
  return `?${(random() < 0.1 ? [...pairs, ...pairs] : pairs).join('&')}`;
}

function headersFor(random: Random): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const who = random();
  if (who < 0.85) headers['authorization'] = `Bearer ${pick(random, tokens)}`;
  else if (who < 0.9) headers['authorization'] = `Bearer ${latin(pick(random, NAUGHTY))}`;
  if (random() < 0.1) headers['idempotency-key'] = latin(pick(random, NAUGHTY));
  if (random() < 0.05) headers['x-device-fingerprint'] = latin(pick(random, NAUGHTY));
  if (random() < 0.05) headers['if-none-match'] = latin(pick(random, NAUGHTY));
  if (random() < 0.05) headers['x-forwarded-for'] = latin(pick(random, NAUGHTY));
  return headers;
}

/** An address carries no half of a surrogate pair. */
function wellFormed(value: unknown): string {
  return String(value).replace(/\p{Surrogate}/gu, '?');
}

/** What a header can carry at all. */
function latin(value: unknown): string {
  return String(value)
    .replace(/[^\x20-\x7e\x80-\xff]/g, '?')
    .slice(0, 1_000);
}

function bodyFor(random: Random, { mediaType, example }: Operation): string | Buffer {
  if (mediaType !== 'application/json') {
    const length = Math.floor(random() * 60);
    return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
  }
  if (random() < 0.1) return textOf(random, example);
  let value = mutate(random, example);
  while (random() < 0.3) value = mutate(random, value);
  return textOf(random, value);
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function send(request: Request, isStream: boolean): Promise<Answer> {
  const { hostname, port } = new URL(running.url);
  return new Promise((resolve, reject) => {
    const { method, path, headers } = request;
    const call = http.request({ agent, hostname, port, method, path, headers }, (response) => {
      const status = response.statusCode ?? 0;
      const type = response.headers['content-type'] ?? '';
      if (isStream && status === 200) {
        resolve({ status, type, text: '' });
        response.destroy();
        return;
      }
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status, type, text: text.slice(0, 300) }));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(request.body);
  });
}
