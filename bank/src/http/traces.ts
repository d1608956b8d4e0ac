import type { FastifyInstance, FastifyRequest } from 'fastify';
import { within } from '../trace.ts';
import type { Span, Tracer } from '../trace.ts';

/**
 * A span of each request: its row, method, pattern, status and code, never its address, headers
 * or body. What it starts, down to the database, is part of it.
 */
export function traceRequests(server: FastifyInstance, tracer: Tracer): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  server.addHook('onRequest', (request, _, done) => {
    const { traceparent } = request.headers;
    const { url: pattern = 'nowhere', config } = request.routeOptions;
    const name = `${request.method} ${pattern}`;
    const span = tracer.request(name, typeof traceparent === 'string' ? traceparent : undefined);
    span.set({
      'http.request.method': request.method,
      'http.route': pattern,
      'sikka.row': config.row?.name,
      'sikka.request_id': request.id,
    });
    spans.set(request, span);
    within(span, done);
  });
  // The body came with the connection, which belongs to no request: what follows does.
  server.addHook('preValidation', (request, _, done) => {
    const span = spans.get(request);
    if (span === undefined) done();
    else within(span, done);
  });
  server.addHook('onResponse', async (request, { statusCode, problem }) => {
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': statusCode, 'sikka.code': problem });
    span?.end(statusCode >= 500 ? (problem ?? String(statusCode)) : undefined);
  });
}
