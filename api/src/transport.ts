import type { ApiResult, ClientOptions, Problem } from './calls.ts';
import { LIMITS } from './limits.ts';
import type { ProblemBody } from './problems.ts';
import { CLIENT_PROBLEM_CODES } from './problems/client.ts';
import type { File, Method } from './route.ts';

/** What sending a call and reading its answer must know of a row; what is absent is the usual. */
export interface CallShape {
  readonly method: Method;
  /** With parameters in braces. */
  readonly path: string;
  /** Takes no token. */
  readonly open?: boolean;
  /** The body; absent: none. */
  readonly sends?: 'json' | 'bytes';
  /** What comes back; absent: JSON. */
  readonly answers?: 'page' | 'file' | 'stream' | 'socket';
  /** The media types of what comes back; absent: JSON. */
  readonly accept?: string;
}

const JSON_TYPE = 'application/json';
const SENT_AS = { json: JSON_TYPE, bytes: 'application/cbor' } as const;

/** How a client reaches the bank, and by what it knows the bank's answers. */
export interface Transport extends ClientOptions {
  readonly isAnswer: (value: unknown) => boolean;
  readonly isProblem: (body: unknown) => body is ProblemBody;
}

export interface AnyInput {
  readonly params?: Readonly<Record<string, string | number | bigint>>;
  readonly query?: Readonly<Record<string, string | number | bigint | undefined>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly respondAsync?: boolean;
  readonly cursor?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Makes one call; whatever happens is a value. */
export async function call(
  transport: Transport,
  shape: CallShape,
  input: AnyInput,
): Promise<ApiResult<unknown>> {
  // A stream goes on for as long as the caller wants it.
  const endless = shape.answers === 'stream';
  const limit = endless ? undefined : (transport.timeoutMs ?? LIMITS.clientTimeoutMs);
  const { signal, letGo } = endingOf(input.signal, limit);
  try {
    const response = await send(transport, shape, { ...input, signal });
    if (response.ok && endless) {
      return { ok: true, status: response.status, value: textOf(response) };
    }
    const bytes = await readBody(response);
    if (response.ok && shape.answers === 'file') {
      const mediaType = response.headers.get('content-type') ?? 'application/octet-stream';
      const value: File = { mediaType, bytes };
      return { ok: true, status: response.status, value };
    }
    const text = new TextDecoder().decode(bytes);
    return response.ok
      ? readAnswer(transport, shape, { response, text })
      : readProblem(transport, response, text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'The request failed.';
    return { ok: false, problem: clientProblem('client/unreachable', detail) };
  } finally {
    letGo();
  }
}

/** By hand: `AbortSignal.timeout` and `any` are younger than phones that get no more updates. */
function endingOf(asked: AbortSignal | undefined, limitMs: number | undefined) {
  const ending = new AbortController();
  const end = () => {
    ending.abort(new Error('The caller ended the request.'));
  };
  const late = () => {
    ending.abort(new Error(`There was no answer within ${limitMs ?? 0} ms.`));
  };
  const timer = limitMs === undefined ? undefined : setTimeout(late, limitMs);
  if (asked?.aborted === true) end();
  asked?.addEventListener('abort', end);
  const letGo = () => {
    clearTimeout(timer);
    if (limitMs !== undefined) asked?.removeEventListener('abort', end);
  };
  return { signal: ending.signal, letGo };
}

async function send(
  transport: Transport,
  shape: CallShape,
  input: AnyInput & { readonly signal: AbortSignal },
): Promise<Response> {
  // Whoever renews a token calls an open route for it: asked for one there, they would wait for
  // themselves.
  const token = shape.open === true ? undefined : await tokenOf(transport);
  return (transport.fetch ?? fetch)(addressOf(transport.baseUrl, shape, input), {
    method: shape.method,
    headers: headersOf(shape, input, token),
    redirect: 'error',
    signal: input.signal,
    ...(shape.sends === undefined ? {} : { body: bodyOf(shape, input) }),
  });
}

async function tokenOf({ token }: Transport): Promise<string | undefined> {
  return typeof token === 'function' ? token() : token;
}

function addressOf(baseUrl: string, shape: CallShape, input: AnyInput): string {
  const path = shape.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(input.params?.[name] ?? '')),
  );
  const given = { ...input.query, cursor: input.cursor };
  const query = Object.entries(given).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)]],
  );
  const search = query.length === 0 ? '' : `?${new URLSearchParams(query).toString()}`;
  return `${baseUrl.replace(/\/+$/, '')}${path}${search}`;
}

function headersOf(
  shape: CallShape,
  input: AnyInput,
  token: string | undefined,
): Record<string, string> {
  return {
    ...input.headers,
    accept: `${shape.accept ?? JSON_TYPE}, application/problem+json`,
    ...(shape.sends === undefined ? {} : { 'content-type': SENT_AS[shape.sends] }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey }),
    ...(input.respondAsync === true ? { prefer: 'respond-async' } : {}),
  };
}

function bodyOf(shape: CallShape, input: AnyInput): string | Uint8Array<ArrayBuffer> {
  if (shape.sends === 'bytes') return new Uint8Array(input.body as Uint8Array);
  return JSON.stringify(input.body ?? {});
}

/** Reads no more than the contract allows, whoever it was that answered. */
async function readBody(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of partsOf(response)) {
    length += part.length;
    if (length > LIMITS.answerBytes) {
      throw new Error('The answer is longer than any answer of the bank.');
    }
    parts.push(part);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Whoever stops reading also closes the connection. */
async function* partsOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

async function* textOf(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const part of partsOf(response)) yield decoder.decode(part, { stream: true });
}

function readAnswer(
  transport: Transport,
  shape: CallShape,
  { response, text }: { readonly response: Response; readonly text: string },
): ApiResult<unknown> {
  if (shape.answers !== undefined) return { ok: true, status: response.status, value: text };
  const value = parseJson(text);
  if (value === undefined || !transport.isAnswer(value)) {
    const detail = `The answer to ${shape.method} ${shape.path} is not what its schema says.`;
    return { ok: false, problem: clientProblem('client/unexpected_answer', detail) };
  }
  const next = response.headers.get('x-next-cursor');
  const nextCursor = next === null ? {} : { nextCursor: next };
  return { ok: true, status: response.status, value, ...nextCursor };
}

function readProblem(transport: Transport, response: Response, text: string): ApiResult<never> {
  const body = parseJson(text);
  if (!transport.isProblem(body)) {
    const detail = `Something answered with status ${response.status} and no problem of the bank.`;
    return { ok: false, problem: clientProblem('client/unexpected_answer', detail) };
  }
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retry = Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {};
  return { ok: false, problem: { ...body, ...retry } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function clientProblem(code: keyof typeof CLIENT_PROBLEM_CODES, detail: string): Problem {
  const { status, title, transient, advice } = CLIENT_PROBLEM_CODES[code];
  return { type: `/problems/${code}`, title, status, detail, code, transient, advice };
}
