import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RouteName } from '@sikka/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Handlers } from '../../src/caller.ts';
import { createMetrics, createHttpServer, serviceRoutes } from '../../src/http/index.ts';
import type { HttpServer } from '../../src/http/index.ts';
import { createLogs } from '../../src/log.ts';

const PAGE = '<!doctype html><title>the app</title>';
const SCRIPT = 'export const answer = 42;\n'.repeat(100);
const IMMUTABLE = 'public, max-age=31536000, immutable';
const ID = 'a'.repeat(64);

let folder: string;
let server: HttpServer;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sikka-app-'));
  const inside = path.join(folder, 'dist');
  await mkdir(path.join(inside, 'assets'), { recursive: true });
  await mkdir(path.join(inside, '.git'));
  const files: readonly (readonly [string, string | Buffer])[] = [
    ...([
      ['index.html', PAGE],
      ['service-worker.js', '// worker'],
      ['.env', 'SECRET'],
    ] as const),
    ...([
      ['assets/main-B93ZwVar.js', SCRIPT],
      ['.git/config', 'SECRET'],
    ] as const),
    ...([['assets/main-B93ZwVar.js.gz', gzipSync(SCRIPT)]] as const),
    ...([
      ['manifest.webmanifest', '{}'],
      ['assets/zxing-1.wasm', 'wasm'],
    ] as const),
    ...([['../outside.txt', 'SECRET']] as const),
  ];
  for (const [name, content] of files) await writeFile(path.join(inside, name), content);
  await symlink(path.join(folder, 'outside.txt'), path.join(inside, 'assets/link'));
  server = await serve(inside);
  port = (await server.listen({ host: '127.0.0.1', port: 0 })).port;
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** The server with the service's own routes: no bank is behind it. */
async function serve(walletAppDir: string): Promise<HttpServer> {
  const silent = { level: 'silent', files: false, now: () => new Date() } as const;
  const logs = createLogs({ ...silent, write: () => undefined });
  const kind = { demo: true, production: false } as const;
  const service = serviceRoutes({
    ...{ ...kind, bank: 'test', version: '0', port: 0, people: [] },
    ...{ isReady: () => true, ping: async () => undefined },
    ...{ metrics: createMetrics(), metricsToken: undefined },
  });
  return createHttpServer({
    ...{ ...kind, logs, walletAppDir, limiter: undefined, strictTransport: true },
    ...{ handlers: service as Handlers<RouteName>, clock: () => new Date() },
    ...{ trustedProxies: [], corsOrigins: [] },
    authenticator: {
      authenticate: async () => ({ ok: false, code: 'auth/token_missing', detail: '' }),
    },
  });
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** As it is written: `fetch` would tidy the path first. */
function ask(
  at: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: OutgoingHttpHeaders } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path: at, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: Buffer.concat(parts) });
      });
    });
    asking.once('error', reject).end();
  });
}

describe('the app', () => {
  test.each<[string, string, string, string]>([
    ['/app/', 'text/html; charset=utf-8', 'no-cache', PAGE],
    ['/app/?from=icon', 'text/html; charset=utf-8', 'no-cache', PAGE],
    ['/app/pay/amount', 'text/html; charset=utf-8', 'no-cache', PAGE],
    [`/app/history/${ID}/dispute`, 'text/html; charset=utf-8', 'no-cache', PAGE],
    ['/app/index.html', 'text/html; charset=utf-8', 'no-cache', PAGE],
    ['/app/service-worker.js', 'application/javascript; charset=utf-8', 'no-cache', '// worker'],
    ['/app/manifest.webmanifest', 'application/manifest+json', 'no-cache', '{}'],
    ['/app/assets/zxing-1.wasm', 'application/wasm', IMMUTABLE, 'wasm'],
    ['/app/assets/main-B93ZwVar.js', 'application/javascript; charset=utf-8', IMMUTABLE, SCRIPT],
  ])('%s is served as %s, kept as %s', async (at, type, kept, content) => {
    const { status, headers, body } = await ask(at);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': type, 'cache-control': kept });
    expect(body.toString()).toBe(content);
    const head = await ask(at, { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(head.headers['content-length']).toBe(String(Buffer.byteLength(content)));
  });

  test('has a policy of its own: scripts from here and none of text', async () => {
    const { headers } = await ask('/app/');
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types sikka-script-url");
    expect(policy).not.toMatch(/'unsafe-(inline|eval)'|\*|https?:/);
    expect(headers['permissions-policy']).toContain('camera=(self), screen-wake-lock=(self)');
    expect(headers).toMatchObject({
      ...{ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' },
      ...{ 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin' },
    });
    // The rest of the bank is as it was.
    const home = await ask('/');
    expect(home.headers['content-security-policy']).not.toContain('script-src');
    expect(home.headers['permissions-policy']).toContain('camera=()');
    expect(home.body.toString()).toContain('<a href="/app/">');
  });

  test('is at /app/, to which /app leads', async () => {
    const { status, headers } = await ask('/app');
    expect({ status, to: headers.location }).toEqual({ status: 308, to: '/app/' });
  });

  test('travels compressed, and not at all to a browser that has it', async () => {
    const at = '/app/assets/main-B93ZwVar.js';
    const { headers, body } = await ask(at, { headers: { 'accept-encoding': 'br, gzip' } });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(headers['content-type']).toBe('application/javascript; charset=utf-8');
    expect(body).toEqual(gzipSync(SCRIPT));
    const page = await ask('/app/');
    expect(page.headers.etag).toMatch(/^W\/"/);
    const again = await ask('/app/', { headers: { 'if-none-match': page.headers.etag ?? '' } });
    expect(again).toMatchObject({ status: 304, body: Buffer.alloc(0) });
  });

  test.each<[string, OutgoingHttpHeaders]>([
    ['a range', { range: 'bytes=900-100' }],
    ['a comparison', { 'if-match': '"other"' }],
    ['a date', { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
    ['an encoding nobody has', { 'accept-encoding': 'zstd;q=1, *;q=0' }],
    ['headers of nonsense', { range: ';;', 'if-none-match': ',,', 'accept-encoding': ';q' }],
  ])('is served whole whatever is asked with it: %s', async (_, headers) => {
    const { status, body } = await ask('/app/service-worker.js', { headers });
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: '// worker' });
  });
});

describe('nothing else of the disk is served:', () => {
  test.each([
    ...['/app/../outside.txt', '/app/..%2foutside.txt', '/app/%2e%2e/outside.txt'],
    ...['/app/assets/../../outside.txt', '/app/assets/..%5c..%5coutside.txt', '/app/..;/x.txt'],
    ...['/app//outside.txt', '/app///etc/passwd', '/app/./index.html', '/app/%2findex.html'],
    ...['/app/.env', '/app/.git/config', '/app/assets/.hidden.js', '/app/index.html%00.js'],
    ...['/app/assets%2fmain-B93ZwVar.js', '/app/assets/main-B93ZwVar.js.gz', '/app/assets/none.js'],
    ...['/app/assets/main-b93zwvar.js', '/app/C:/windows/win.ini', '/app/index.html/'],
    ...['/app/%c0%ae%c0%ae/outside.txt', `/app/${'a/'.repeat(2_000)}x.js`],
  ])('%s', async (at) => {
    const { status, headers, body } = await ask(at);
    expect([400, 404]).toContain(status);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(body.toString()).not.toContain('SECRET');
  });

  test('a name that is nearly one is refused as quickly as any', async () => {
    // With a pattern that may split one name in two ways this would take longer than the universe.
    const began = performance.now();
    for (const end of ['.', '!', '.%20', '/.', '..js']) {
      expect((await ask(`/app/${'a'.repeat(8_000)}${end}`)).status).toBe(404);
    }
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    '%s is no way to ask',
    async (method) => {
      for (const at of ['/app', '/app/', '/app/service-worker.js', '/app/none.js']) {
        const { status, headers } = await ask(at, { method });
        expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET, HEAD' });
      }
    },
  );

  test('a place that looks like a file that links out of the folder is the page', async () => {
    expect((await ask('/app/assets/link')).body.toString()).toBe(PAGE);
  });
});

test('where the app is not built its place says how to build it', async () => {
  const other = await serve(path.join(folder, 'nowhere'));
  const at = await other.listen({ host: '127.0.0.1', port: 0 });
  const response = await fetch(`http://127.0.0.1:${at.port}/app/`);
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('npx vite build apps/wallet');
  const file = await fetch(`http://127.0.0.1:${at.port}/app/service-worker.js`);
  expect(file.headers.get('content-type')).toContain('application/problem+json');
  await other.close();
});
