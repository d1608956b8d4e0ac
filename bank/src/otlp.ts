import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context, Span as OtelSpan, Tracer as OtelTracer } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Span, SpanFields, Tracer } from './trace.ts';

export interface OtlpOptions {
  /** Without the path of traces, as OTEL_EXPORTER_OTLP_ENDPOINT is defined. */
  readonly endpoint: string;
  /** For whoever keeps the traces. */
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly version: string;
  /** The bank's text id: there may be several in one store of traces. */
  readonly bank: string;
}

/**
 * Sends spans as OTLP over HTTP, in JSON, in batches. A store that is away costs its traces and
 * nothing else. Only loaded where traces are wanted: the SDK is not small.
 */
export function createOtlpTracer(options: OtlpOptions): Tracer {
  const { endpoint, headers, serviceName, version, bank } = options;
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers } });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      ...{ 'service.name': serviceName, 'service.version': version, 'sikka.bank': bank },
    }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('sikka', version);
  return {
    request: (name, traceparent) => {
      const parent = contextOf(traceparent);
      return spanOf(tracer, tracer.startSpan(name, { kind: SpanKind.SERVER }, parent), parent);
    },
    close: () => provider.shutdown(),
  };
}

/** What is no `traceparent` is none: then the trace begins here. */
function contextOf(traceparent: string | undefined): Context {
  const found = traceparent === undefined ? null : parseTraceParent(traceparent);
  if (found === null) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { ...found, isRemote: true });
}

function spanOf(tracer: OtelTracer, span: OtelSpan, parent: Context): Span {
  const context = trace.setSpan(parent, span);
  return {
    child: (name, fields) => {
      const kind = name.startsWith('db.') ? SpanKind.CLIENT : SpanKind.INTERNAL;
      const child = tracer.startSpan(name, { kind, attributes: attributesOf(fields) }, context);
      return spanOf(tracer, child, context);
    },
    set: (fields) => void span.setAttributes(attributesOf(fields)),
    end: (failure) => {
      if (failure !== undefined) {
        span.setAttribute('error.type', failure);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}

function attributesOf(fields: SpanFields): Record<string, string | number | boolean> {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(given);
}
