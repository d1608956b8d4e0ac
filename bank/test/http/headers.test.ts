import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ALIASES, ROUTE_NAMES, ROUTES } from '@sikka/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readExposition } from './exposition.ts';
import { bodyOf, startTestBank } from './running-bank.ts';
import type { RunningBank } from './running-bank.ts';

const METRICS_TOKEN = 'kJ8vQ2mX5nB7cR4tY6uW9zA1sD3fG0hL';
const PRODUCTION = {
  ...{ NODE_ENV: 'production', DEMO_MODE: 'off', BANK_ID: 'bank-of-chakwal' },
  ...{
    SECRET_KEY: 'pQ7wE2rT9yU4iO1aS6dF3gH8jK5lZ0xC',
    MASTER_KEY: Buffer.from([...Array(32).keys()]).toString('hex'),
  },
  PUBLIC_URL: 'https://bank.example',
  ...{ SMTP_HOST: '127.0.0.1', METRICS_TOKEN, CORS_ORIGINS: 'https://app.example' },
};

let demo: RunningBank;
let production: RunningBank;
beforeAll(async () => {
  demo = await startTestBank();
  production = await startTestBank(PRODUCTION);
});
afterAll(async () => {
  await demo.stop();
  await production.stop();
});

test('every answer, of every path, has the headers that keep a browser safe', async () => {
  const paths = [...ROUTE_NAMES.map((name) => ROUTES[name].path), ...ALIASES.map((a) => a.path)];
  for (const path of [...paths, '/nothing']) {
    const response = await production.fetch(path.replace(/\{\w+\}/g, 'x'));
    await response.body?.cancel();
    const header = (name: string) => response.headers.get(name);
    expect(header('content-security-policy'), path).toContain("frame-ancestors 'none'");
    expect(header('strict-transport-security')).toContain('max-age=31536000');
    expect(header('x-content-type-options')).toBe('nosniff');
    expect(header('x-frame-options')).toBe('DENY');
    expect(header('x-xss-protection')).toBe('0');
    expect(header('referrer-policy')).toBe('no-referrer');
    expect(header('permissions-policy')).toContain('camera=()');
    expect(header('cache-control')).toMatch(/^no-(store|cache)$/);
    // Nothing that a browser sends by itself: there is no request to forge.
    expect(header('set-cookie')).toBeNull();
    expect(header('server')).toBeNull();
    expect(header('x-powered-by')).toBeNull();
  }
});

describe('pages of other origins', () => {
  const preflight = (origin: string) =>
    production.fetch('/api/v1/wallets/transfer', {
      method: 'OPTIONS',
      headers: {
        ...{ origin, 'access-control-request-method': 'POST' },
        'access-control-request-headers': 'authorization, content-type',
      },
    });

  test('of the list may ask and read', async () => {
    const asked = await preflight('https://app.example');
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const read = await production.fetch('/health', { headers: { origin: 'https://app.example' } });
    expect(read.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(read.headers.get('access-control-expose-headers')).toContain('x-next-cursor');
    expect(read.headers.get('vary')?.toLowerCase()).toContain('origin');
  });

  test.each([
    'https://evil.example',
    'http://app.example',
    'https://app.example.evil.example',
    'https://app.example:8443',
    'null',
  ])('%s may not', async (origin) => {
    for (const response of [
      await preflight(origin),
      await production.fetch('/health', { headers: { origin } }),
    ]) {
      expect(response.headers.get('access-control-allow-origin')).not.toBe(origin);
      expect(response.headers.get('access-control-allow-origin')).not.toBe('*');
    }
  });
});

describe('what is there for those who build on the bank', () => {
  test('the description as a page, from here alone, which runs no script of its text', async () => {
    const page = await demo.fetch('/docs');
    const text = await page.text();
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(text).not.toMatch(/https?:\/\/|<script>/);
    const named = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(named).toHaveLength(3);
    for (const path of named) expect([path, (await demo.fetch(path)).status]).toEqual([path, 200]);
    const bundle = await (await demo.fetch('/docs/swagger-ui-bundle.js')).text();
    const file = createRequire(import.meta.url).resolve('swagger-ui-dist/swagger-ui-bundle.js');
    expect(bundle).toBe(readFileSync(file, 'utf8'));
  });

  test('and as one long page, whose script names nobody else’s picture', async () => {
    const page = await demo.fetch('/redoc');
    expect(page.headers.get('content-security-policy')).toContain('worker-src blob:');
    expect(await page.text()).not.toMatch(/https?:\/\/|<script>/);
    const bundle = await (await demo.fetch('/redoc/redoc.standalone.js')).text();
    expect(bundle.length).toBeGreaterThan(1_000_000);
    expect(bundle).not.toContain('cdn.redoc.ly');
  });

  test.each([
    ['docs/package.json', 404],
    ['docs/index.html', 404],
    ['docs/..%2fpackage.json', 422],
    ['docs/constructor', 404],
    ['redoc/package.json', 404],
    ['redoc/redoc.lib.js', 404],
    ['redoc/..%2fpackage.json', 422],
  ])('and nothing else of the packages: /%s', async (asset, status) => {
    expect((await demo.fetch(`/${asset}`)).status).toBe(status);
  });

  test('numbers for Prometheus: its text format, which names rows and never ids', async () => {
    await demo.fetch('/api/v1/wallets/100000000008');
    const response = await demo.fetch('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    const families = readExposition(text);
    const duration = families.get('sikka_http_request_duration_seconds');
    expect([duration?.type, duration?.help]).toEqual(['histogram', expect.any(String)]);
    const counts = duration?.samples.filter(({ name }) => name.endsWith('_count')) ?? [];
    expect(counts.map(({ labels }) => labels['row'])).toContain('getWallet');
    expect(families.get('process_cpu_seconds_total')?.type).toBe('counter');
    expect(text).not.toContain('100000000008');
  });

  test.each([
    ['no end of its last line', '# HELP a A\n# TYPE a gauge\na 1'],
    ['a sample of nobody', 'a 1\n'],
    ['a type that is none', '# HELP a A\n# TYPE a number\na 1\n'],
    ['a label that is not quoted', '# HELP a A\n# TYPE a gauge\na{b=c} 1\n'],
    ['a sample twice', '# HELP a A\n# TYPE a gauge\na{b="c"} 1\na{b="c"} 2\n'],
    ['a number that is none', '# HELP a A\n# TYPE a gauge\na one\n'],
    [
      'buckets that fall',
      '# HELP a A\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_count 1\n',
    ],
  ])('a reader of them refuses %s', (_, text) => {
    expect(() => readExposition(text)).toThrow();
  });

  test.each([
    ...['/docs', '/docs/start.js', '/redoc', '/redoc/start.js', '/demo/mailbox'],
    ...['/.git/config', '/debug'],
  ])('in production there is no %s', async (path) => {
    const response = await production.fetch(path);
    expect([response.status, (await bodyOf(response))['code']]).toEqual([404, 'request/not_found']);
  });

  test('in production /metrics is there for whoever has its token', async () => {
    const status = async (authorization: string) =>
      (await production.fetch('/metrics', { headers: { authorization } })).status;
    expect(await status(`Bearer ${METRICS_TOKEN}`)).toBe(200);
    expect(await status(`Bearer ${METRICS_TOKEN}x`)).toBe(404);
    expect(await status('')).toBe(404);
    const token = await production.bank.token('nobody');
    expect(await status(`Bearer ${token}`)).toBe(404);
  });

  test('the description in production shows no row that is not served', async () => {
    const { paths } = (await (await production.fetch('/openapi.json')).json()) as {
      readonly paths: object;
    };
    expect(Object.keys(paths)).not.toContain('/docs');
    expect(Object.keys(paths)).not.toContain('/demo/mailbox');
    expect(Object.keys(paths)).toContain('/wallet/transfer');
  });
});

test('who has the description already gets 304, and nothing else', async () => {
  const first = await demo.fetch('/openapi.json');
  await first.arrayBuffer();
  const tag = first.headers.get('etag') ?? '';
  const again = async (known: string) =>
    demo.fetch('/openapi.json', { headers: { 'if-none-match': known } });
  for (const known of [tag, `W/${tag}`, `"other", ${tag}`]) {
    const response = await again(known);
    expect([known, response.status, await response.text()]).toEqual([known, 304, '']);
  }
  for (const known of ['"other"', tag.slice(1), 'x']) {
    expect([known, (await again(known)).status]).toEqual([known, 200]);
  }
});
