import http from 'node:http';
import { Agent } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkBooks } from '../../../src/ledger/index.ts';
import { startTestBank } from '../running-bank.ts';
import type { RunningBank } from '../running-bank.ts';
import { createJudge } from './answers.ts';
import type { Answer, Judge } from './answers.ts';
import { lineOf, readCorpus, writeCorpus } from './corpus.ts';
import type { Kept, Request } from './corpus.ts';
import { batchFor, packetText } from './documents.ts';
import { mutate, NAUGHTY, pick, seeded, textOf } from './mutations.ts';
import type { Random } from './mutations.ts';

const REQUESTS = 12_000;
/** Enough to keep two processors busy, and fewer than wait for a password at most. */
const AT_ONCE = 24;
/** `npm run fuzz -- --target http` gives another seed, and minutes to go on for. */
const SEED = Number(process.env['SIKKA_FUZZ_SEED'] ?? 20_261_121);
/** Keeps the requests of two seeds apart. */
const SPREAD = 0x9e37_79b1;
/** `--keep`: one request for each route and answer is the corpus from then on. */
const KEEPS = process.env['SIKKA_FUZZ_KEEP'] === 'on';
const GO_ON_MS = Number(process.env['SIKKA_FUZZ_MINUTES'] ?? 0) * 60_000;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly mediaType: string | undefined;
  readonly example: unknown;
  readonly isStream: boolean;
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
  'twelve thousand requests that nobody should send: none is a bug',
  async () => {
    const before = await money();
    const judge = createJudge(running);
    const corpus = readCorpus();
    /** One of each route and reason. */
    const bugs = new Map<string, string>();
    const found = new Map(corpus.map((kept) => [kept.about, kept]));
    const seen = new Map<number, number>();
    let sent = 0;
    const end = performance.now() + GO_ON_MS;
    const sender = async () => {
      while (sent < REQUESTS || performance.now() < end) {
        const kept = corpus[sent];
        // Each by its number: the same for the same seed, whoever sends it and when.
        const random = seeded(Math.imul(SEED, SPREAD) + sent);
        sent += 1;
        const operation = kept === undefined ? pick(random, operations) : operationOf(kept.about);
        if (operation === undefined) continue;
        const made = kept === undefined ? madeFor(random, operation) : again(kept);
        const { about, answer } = await ask(judge, { operation, made, bugs });
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
        // Without a token, or by another method, every route answers alike.
        if (made.request.method !== operation.method || answer.status === 401) continue;
        const known = found.get(about);
        const line = { ...made, about };
        if (known === undefined || lineOf(line).length < lineOf(known).length) {
          found.set(about, line);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
    if (KEEPS) writeCorpus(found);
    const logged = running.log.filter((line) => line.includes('"level":"error"')).slice(0, 5);
    const said = { bugs: Object.fromEntries(bugs), logged };
    expect(said, `seed ${SEED}, ${sent} requests`).toEqual({ bugs: {}, logged: [] });
    // The requests reach what they are about: some succeed, most are refused by their schema.
    for (const status of [200, 400, 401, 404, 405, 415, 422]) {
      expect([status, seen.get(status) ?? 0]).toEqual([status, expect.any(Number)]);
      expect(seen.get(status) ?? 0, String(status)).toBeGreaterThan(0);
    }
    expect(await money()).toEqual(before);
    const saw = `${sent} requests, ${found.size} answers of all routes\n`;
    if (GO_ON_MS > 0) process.stdout.write(saw);
  },
  600_000 + GO_ON_MS,
);

type Made = Pick<Kept, 'who' | 'request'>;

function again({ who, request }: Kept): Made {
  const token = who === undefined ? undefined : tokens[who];
  const { headers } = request;
  const signed = token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` };
  return { who, request: { ...request, headers: signed } };
}

function operationOf(about: string): Operation | undefined {
  return operations.find(({ method, path }) => about.startsWith(`${method} ${path} `));
}

/** Sends it, and takes down what is wrong with its answer. */
async function ask(
  judge: Judge,
  {
    operation,
    made: { request },
    bugs,
  }: { readonly operation: Operation; readonly made: Made; readonly bugs: Map<string, string> },
): Promise<{ readonly about: string; readonly answer: Answer }> {
  const answer = await send(request, operation.isStream);
  const reason = judge.against(answer, { ...request, path: operation.path });
  const named = answer.status < 400 ? undefined : /"code":"([a-z_/]+)"/.exec(answer.text);
  const code = named?.[1] ?? 'ok';
  const about = `${operation.method} ${operation.path} ${answer.status} ${code}`;
  if (reason !== undefined) {
    const body = String(request.body ?? '').slice(0, 300);
    const quoted = answer.text.slice(0, 300);
    bugs.set(`${about}: ${reason}`, `${request.path.slice(0, 200)} ${body} -> ${quoted}`);
  }
  return { about, answer };
}

/** Money is only ever moved: whatever was sent, the books agree and sum to nothing. */
async function money(): Promise<unknown> {
  const { rows } = await running.ownerPool.query(
    `select currency, sum(balance) as sum from ledger_balances group by currency order by currency`,
  );
  const books = await checkBooks(running.ownerPool);
  return { rows, books };
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

function madeFor(random: Random, operation: Operation): Made {
  const method = random() < 0.03 ? pick(random, METHODS) : operation.method;
  const hasBody = operation.mediaType !== undefined && method !== 'GET' && method !== 'HEAD';
  const type = random() < 0.03 ? pick(random, TYPES) : (operation.mediaType ?? '');
  const who = random() < 0.85 ? Math.floor(random() * tokens.length) : undefined;
  const headers = { ...headersFor(random), ...(hasBody ? { 'content-type': type } : {}) };
  const path = `${pathFor(random, operation)}${queryFor(random, operation)}`;
  const body = hasBody ? bodyFor(random, operation) : undefined;
  return again({ about: '', who, request: { method, path, headers, body } });
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
  if (random() < 0.4) headers['authorization'] = `Bearer ${latin(pick(random, NAUGHTY))}`;
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
  if (mediaType !== 'application/json') return batchFor(random);
  if (random() < 0.1) return textOf(random, example);
  let value = random() < 0.2 ? withPacket(random, example) : mutate(random, example);
  while (random() < 0.3) value = mutate(random, value);
  return textOf(random, value);
}

/** Documents stand in JSON as text: one of its members is a packet. */
function withPacket(random: Random, example: unknown): unknown {
  if (typeof example !== 'object' || example === null || Array.isArray(example)) return example;
  const names = Object.keys(example);
  return names.length === 0 ? example : { ...example, [pick(random, names)]: packetText(random) };
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
      response.on('end', () => resolve({ status, type, text }));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(request.body);
  });
}
