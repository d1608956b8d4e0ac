import { AsyncLocalStorage } from 'node:async_hooks';

/** Never bodies, addresses or personal data: what a log line may have, and no more. */
export type SpanFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** A piece of work that is being traced. */
export interface Span {
  child(name: string, fields: SpanFields): Span;
  set(fields: SpanFields): void;
  /** With the code of what went wrong, where something did. */
  end(failure?: string): void;
}

export interface Tracer {
  /** Of a request; it goes on with the caller's trace where `traceparent` names one (W3C). */
  request(name: string, traceparent: string | undefined): Span;
  /** Sends what is kept, then ends. */
  close(): Promise<void>;
}

/** The work that the code which is running belongs to; nothing where nothing is traced. */
const current = new AsyncLocalStorage<Span>();

/** Runs `act`, and all that it starts, as part of `span`. */
export function within<T>(span: Span, act: () => T): T {
  return current.run(span, act);
}

/** Runs `act` as a part of the work under way. Without a trace it is only run. */
export async function traced<T>(
  name: string,
  fields: SpanFields,
  act: () => Promise<T>,
): Promise<T> {
  const parent = current.getStore();
  if (parent === undefined) return act();
  const span = parent.child(name, fields);
  try {
    const result = await current.run(span, act);
    span.end();
    return result;
  } catch (error) {
    span.end(codeOf(error));
    throw error;
  }
}

/** A code of ours or of the database; its message may hold what a person wrote. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'error';
}
