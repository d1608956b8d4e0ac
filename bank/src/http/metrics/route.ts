import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Handler } from '../../caller.ts';
import { listenFailure } from '../listening.ts';
import { limits } from '../limits.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsAccess {
  readonly metrics: Metrics;
  readonly production: boolean;
  readonly metricsToken: string | undefined;
}

/** Outside production for everybody, in it for whoever has the token; else nothing is there. */
export function metricsRoute(deps: MetricsAccess): Handler<'getMetrics'> {
  return async ({ headers }) => {
    const open = mayRead(deps, headers.authorization);
    if (open) return { ok: true, status: 200, value: await deps.metrics.text() };
    return { ok: false, code: 'request/not_found', detail: 'There is nothing at this path.' };
  };
}

export interface ServedMetrics {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * GET /metrics and nothing else, for a program that has no routes. Throws `start/port_taken`,
 * `start/address_unusable`.
 */
export async function serveMetrics(
  access: MetricsAccess & { readonly host: string; readonly port: number },
): Promise<ServedMetrics> {
  const { host, port, metrics } = access;
  const server = createServer((request, response) => {
    const asked = request.method === 'GET' && request.url === '/metrics';
    if (!asked || !mayRead(access, request.headers.authorization)) {
      response.writeHead(404).end();
      return;
    }
    void metrics.text().then((text) => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(text);
    });
  });
  server.headersTimeout = limits.headersTimeoutMs;
  server.requestTimeout = limits.requestTimeoutMs;
  server.maxConnections = limits.connections;
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error) => reject(listenFailure(error, { host, port }));
    server.once('error', refuse).listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/metrics`, close };
}

function mayRead({ production, metricsToken }: MetricsAccess, header: string | undefined): boolean {
  return !production || isToken(header, metricsToken);
}

/** By hashes, so that neither length nor a common beginning shows in the time it takes. */
function isToken(header: string | undefined, token: string | undefined): boolean {
  if (header === undefined || token === undefined) return false;
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(header), hash(`Bearer ${token}`));
}
