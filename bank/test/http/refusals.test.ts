import { LIMITS, PROBLEM_CODES, problemMeaning } from '@sikka/api';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyOf, startTestBank } from './running-bank.ts';
import type { RunningBank } from './running-bank.ts';

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

const json = { 'content-type': 'application/json' };
const cbor = { 'content-type': 'application/cbor' };
const transfers = '/api/v1/wallets/transfer';
const documents = '/api/v1/documents';
const challenges = '/api/v1/devices/challenges';

interface Case {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer<ArrayBuffer>;
  readonly code: keyof typeof PROBLEM_CODES;
}

const order = JSON.stringify({
  from_wallet_id: 100_000_000_000,
  to_wallet_id: 200_000_000_000,
  amount: '1.00',
  currency: 'PKR',
});

const cases: Readonly<Record<string, Case>> = {
  'a path that is not there': { path: '/api/v1/nothing', code: 'request/not_found' },
  'a file that must not be there': { path: '/.git/config', code: 'request/not_found' },
  'an encoded way up': { path: '/api/v1/..%2f..%2fetc/passwd', code: 'request/not_found' },
  'a broken escape': { path: '/%zz', code: 'request/malformed' },
  'a parameter longer than any id': {
    path: `/api/v1/proofs/${'a'.repeat(65)}`,
    code: 'request/not_found',
  },
  'PUT on a route that reads': {
    path: '/health',
    method: 'PUT',
    code: 'request/method_not_allowed',
  },
  'DELETE on a route that writes': {
    path: transfers,
    method: 'DELETE',
    code: 'request/method_not_allowed',
  },
  'GET on a route that writes': { path: documents, code: 'request/method_not_allowed' },
  'PATCH on a path with a parameter': {
    path: '/api/v1/payments/x',
    method: 'PATCH',
    code: 'request/method_not_allowed',
  },
  'JSON that is none': { path: transfers, body: '{"a"', headers: json, code: 'request/malformed' },
  'a key twice': {
    path: transfers,
    body: order.replace('{', '{"amount":"500.00",'),
    headers: json,
    code: 'request/duplicate_key',
  },
  'a key of a prototype': {
    path: transfers,
    body: order.replace('{', '{"__proto__":{"role":"operator"},'),
    headers: json,
    code: 'request/malformed',
  },
  'a field that the route does not have': {
    path: challenges,
    body: '{"purpose":"enrolment","user_id":"bilal"}',
    headers: json,
    code: 'request/invalid',
  },
  'no body where one belongs': { path: transfers, method: 'POST', code: 'request/invalid' },
  'a list where an object belongs': {
    path: transfers,
    body: '[]',
    headers: json,
    code: 'request/invalid',
  },
  'a word that is not in the list': {
    path: challenges,
    body: '{"purpose":"anything"}',
    headers: json,
    code: 'request/invalid',
  },
  'a body where none belongs': {
    path: '/api/v1/operator/bulletins',
    body: '{"force":true}',
    headers: json,
    code: 'request/invalid',
  },
  'a body longer than any of ours': {
    path: transfers,
    body: JSON.stringify({ amount: '1'.repeat(LIMITS.jsonBodyBytes) }),
    headers: json,
    code: 'request/too_large',
  },
  'a batch over 8 MiB': {
    path: documents,
    body: Buffer.alloc(LIMITS.batchBytes + 1),
    headers: cbor,
    code: 'request/too_large',
  },
  'a batch of 5,001 packets': {
    path: documents,
    body: Buffer.concat([Buffer.from([0x99, 0x13, 0x89]), Buffer.alloc(5001, 0x40)]),
    headers: cbor,
    code: 'request/too_large',
  },
  text: {
    path: transfers,
    body: order,
    headers: { 'content-type': 'text/plain' },
    code: 'request/unsupported_media_type',
  },
  'a form': {
    path: transfers,
    body: 'amount=5',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    code: 'request/unsupported_media_type',
  },
  'a content type with a trick in it': {
    path: transfers,
    body: order,
    headers: { 'content-type': 'application/json\t;x' },
    code: 'request/unsupported_media_type',
  },
  'CBOR where JSON belongs': {
    path: transfers,
    body: Buffer.from([0xa0]),
    headers: cbor,
    code: 'request/unsupported_media_type',
  },
  'JSON where CBOR belongs': {
    path: documents,
    body: '[]',
    headers: json,
    code: 'request/unsupported_media_type',
  },
  'a batch of no bytes': {
    path: documents,
    body: '',
    headers: cbor,
    code: 'document/batch_malformed',
  },
  'a batch that is a map': {
    path: documents,
    body: Buffer.from([0xa0]),
    headers: cbor,
    code: 'document/batch_malformed',
  },
  'a batch of text': {
    path: documents,
    body: Buffer.from([0x81, 0x61, 0x61]),
    headers: cbor,
    code: 'document/batch_malformed',
  },
  'a batch that promises more than it holds': {
    path: documents,
    body: Buffer.from([0x9a, 0x00, 0x00, 0x01, 0x00]),
    headers: cbor,
    code: 'document/batch_malformed',
  },
  'a batch of indefinite length': {
    path: documents,
    body: Buffer.from([0x9f, 0xff]),
    headers: cbor,
    code: 'document/batch_malformed',
  },
  'a batch with bytes after it': {
    path: documents,
    body: Buffer.from([0x80, 0x00]),
    headers: cbor,
    code: 'document/batch_malformed',
  },
  'an id in upper case': {
    path: `/api/v1/proofs/${'A'.repeat(64)}`,
    code: 'request/invalid',
  },
  'a query the route does not have': { path: '/health?debug=1', code: 'request/invalid' },
  'a parameter twice': {
    path: '/api/v1/log/consistency?first=1&first=2&second=3',
    code: 'request/invalid',
  },
  'a page of no rows': { path: '/api/v1/log/checkpoints?limit=0', code: 'request/invalid' },
  'a page of too many rows': { path: '/api/v1/log/checkpoints?limit=101', code: 'request/invalid' },
  'a size that is not a number': {
    path: '/api/v1/log/consistency?first=1e3&second=2',
    code: 'request/invalid',
  },
  'an idempotency key that is too long': {
    path: transfers,
    body: order,
    headers: { ...json, 'idempotency-key': 'k'.repeat(129) },
    code: 'request/invalid',
  },
  'an empty idempotency key': {
    path: transfers,
    body: order,
    headers: { ...json, 'idempotency-key': '' },
    code: 'request/invalid',
  },
  'a proof that is not there': {
    path: `/api/v1/proofs/${'a'.repeat(64)}`,
    code: 'proof/not_found',
  },
  'a payment that is not there': {
    path: `/api/v1/payments/${'a'.repeat(64)}`,
    code: 'payment/not_found',
  },
  'a receipt of a payment that is not there': {
    path: `/api/v1/payments/${'a'.repeat(64)}/receipt`,
    code: 'payment/not_found',
  },
  'a bulletin that is not there': {
    path: '/api/v1/bulletins/999999',
    code: 'bulletin/not_found',
  },
  'a range the log does not have': {
    path: '/api/v1/log/consistency?first=1&second=999999',
    code: 'log/range_invalid',
  },
};

test.each(Object.entries(cases))('%s', async (_, { code, path, headers, method, body }) => {
  const post = method ?? (body === undefined ? 'GET' : 'POST');
  const response = await running.fetch(path, {
    as: 'operator',
    method: post,
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
  });
  const { status, title, advice, transient } = PROBLEM_CODES[code];
  const problem = await bodyOf(response);
  expect(problem).toMatchObject({ code, status, title, advice, transient });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(response.headers.get('x-request-id')).toBe(problem['request_id']);
  if (code === 'request/method_not_allowed') expect(response.headers.get('allow')).not.toBeNull();
  if (code === 'request/invalid' && problem['errors'] !== undefined) {
    // Where, never what: somebody's secret in the wrong field is not sent back.
    expect(JSON.stringify(problem['errors'])).not.toContain('bilal');
  }
});

describe('what is refused of the connection itself', () => {
  test.each([
    ['two lengths', 'content-length: 5\r\ncontent-length: 6\r\n', 'request/malformed'],
    [
      'a length and chunks',
      'content-length: 5\r\ntransfer-encoding: chunked\r\n',
      'request/malformed',
    ],
    ['a header without end', `x: ${'a'.repeat(20_000)}\r\n`, 'request/too_large'],
    ['a folded header', 'x: a\r\n b\r\n', 'request/malformed'],
    ['two hosts', 'Host: y\r\nconnection: close\r\n', 'request/malformed'],
    [
      'two senders',
      'authorization: Bearer a.b.c\r\nAuthorization: Bearer d.e.f\r\nconnection: close\r\n',
      'request/malformed',
    ],
  ])('%s', async (_, header, code) => {
    const text = await raw(`POST ${transfers} HTTP/1.1\r\nhost: x\r\n${header}\r\n`);
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${String(problemMeaning(code)?.status)}`);
    expect(JSON.parse(body)).toMatchObject({ code });
  });

  test('TRACE', async () => {
    const text = await raw('TRACE / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 40[45]/);
  });
});

test('every answer tells browsers not to guess, frame, leak or keep', async () => {
  for (const path of ['/', '/health', '/api/v1/wallets/', '/nothing']) {
    const { headers } = await running.fetch(path);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  }
});

test('the log names routes and outcomes, never addresses, bodies or tokens', async () => {
  const id = 'b'.repeat(64);
  const token = await running.bank.token('ayesha');
  const headers = { authorization: `Bearer ${token}` };
  await running.fetch(`/api/v1/payments/${id}?x=secret-query`, { headers });
  const body = '{"secret-field":"secret-value"}';
  await running.fetch(transfers, { method: 'POST', headers: { ...headers, ...json }, body });
  const text = running.log.join('');
  expect(text).toContain('"route":"/api/v1/payments/:payment_id"');
  for (const secret of [id, token, 'secret-query', 'secret-field', 'secret-value']) {
    expect(text).not.toContain(secret);
  }
  for (const line of running.log) expect(() => JSON.parse(line) as unknown).not.toThrow();
});

async function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(running.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}
