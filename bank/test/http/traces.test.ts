import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signUpAndIn } from '../support/person.ts';
import * as phones from './phone.ts';
import { startTestBank } from './running-bank.ts';

interface Value {
  readonly stringValue?: string;
  readonly intValue?: string | number;
}
interface Attribute {
  readonly key: string;
  readonly value: Value;
}
/** As OTLP in JSON has it: ids are hexadecimal. */
interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
}
interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

let collector: Server;
let bodies: string[];
let paths: Set<string>;
let lastHeaders: IncomingHttpHeaders;
let spans: readonly SentSpan[];
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
let requestId: string | null;
let person: { readonly email: string; readonly accessToken: string };

beforeAll(async () => {
  [bodies, paths] = [[], new Set()];
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    paths.add(`${String(request.method)} ${String(request.url)}`);
    lastHeaders = request.headers;
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  const running = await startTestBank({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-keeper-key=abc%20def',
  });
  const traceparent = `00-${TRACE}-${PARENT}-01`;
  const seen = await running.fetch('/api/v1/proofs/' + 'a'.repeat(64), {
    headers: { traceparent },
  });
  requestId = seen.headers.get('x-request-id');
  await seen.arrayBuffer();
  await running.fetch('/health', { headers: { traceparent: 'not-one' } });
  person = await signUpAndIn(running.url);
  const bilal = running.client('bilal');
  await bilal.handInDocuments({ body: phones.batchOf(new Uint8Array([1, 2, 3])) });
  await running.stop();
  const sent = bodies.map((body) => JSON.parse(body) as Sent);
  spans = sent.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)),
  );
});
afterAll(() => collector.close());

const fieldsOf = (span: SentSpan | undefined) =>
  Object.fromEntries(
    (span?.attributes ?? []).map(({ key, value }) => [
      key,
      value.stringValue ?? Number(value.intValue),
    ]),
  );
const named = (name: string) => spans.filter((span) => span.name === name);
const under = (span: SentSpan | undefined) =>
  spans.filter(({ parentSpanId }) => parentSpanId === span?.spanId);

test('a request goes on with its caller’s trace, under its pattern and with its outcome', () => {
  const [request] = named('GET /api/v1/proofs/:proof_id');
  expect(request).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
  expect(fieldsOf(request)).toEqual({
    'http.request.method': 'GET',
    'http.route': '/api/v1/proofs/:proof_id',
    'http.response.status_code': 404,
    'sikka.row': 'getProof',
    'sikka.request_id': requestId,
    'sikka.code': 'proof/not_found',
  });
  const [query] = under(request);
  expect(query).toMatchObject({ name: 'db.query', traceId: TRACE });
  expect(fieldsOf(query)['db.query.text']).toMatch(/^\s*select/);
});

test('a traceparent that is none begins a trace', () => {
  const [health] = named('GET /health');
  expect(health?.parentSpanId ?? '').toBe('');
  expect(health?.traceId).toMatch(/^[0-9a-f]{32}$/);
});

test('a batch shows the steps of settlement, each with its statements', () => {
  const [request] = named('POST /api/v1/documents');
  const [prove, facts, decide, post] = ['prove', 'facts', 'decide', 'post'].map(
    (step) => named(`settlement.${step}`)[0],
  );
  for (const step of [prove, facts, decide, post]) expect(step?.traceId).toBe(request?.traceId);
  expect(fieldsOf(prove)['sikka.items']).toBe(1);
  expect(under(facts).length + under(post).length).toBeGreaterThan(0);
  expect(under(post).every(({ name }) => name === 'db.query')).toBe(true);
});

test('it is sent as OTLP over HTTP, with the keeper’s headers, and named', () => {
  expect([...paths]).toEqual(['POST /v1/traces']);
  expect(lastHeaders['content-type']).toBe('application/json');
  expect(lastHeaders['x-keeper-key']).toBe('abc def');
  const [first] = bodies.map((body) => JSON.parse(body) as Sent);
  const about = first?.resourceSpans[0]?.resource.attributes ?? [];
  const names = about.map(({ key, value }) => [key, value.stringValue]);
  expect(names).toContainEqual(['service.name', 'sikka-bank']);
  expect(names).toContainEqual(['sikka.bank', 'sikka-demo']);
});

test('nobody’s name, address, token or body is in it, and no id of a path', () => {
  const all = bodies.join('\n');
  expect(spans.length).toBeGreaterThan(20);
  const { email, accessToken } = person;
  for (const secret of [email, accessToken, 'Test Person', '+92300', 'aaaaaaaa', '127.0.0.1']) {
    expect(all).not.toContain(secret);
  }
});
