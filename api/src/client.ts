import { Value } from '@sinclair/typebox/value';
import { LIMITS } from './limits.ts';
import { PROBLEM_CODES, ProblemBody } from './problems.ts';
import type { ProblemCode } from './problems.ts';
import type { AnswerOf, BodyOf, File, HeaderName, ParamsOf, QueryOf, Route } from './route.ts';
import { ROUTE_NAMES, ROUTES } from './routes.ts';
import type { RouteName, Routes } from './routes.ts';

/** A problem, or what kept the bank from answering: codes `client/…`, with status 0. */
export interface Problem extends Omit<ProblemBody, 'code'> {
  /** `PROBLEM_CODES` lists those known now; a newer bank may have more. */
  readonly code: ProblemCode | (string & {});
  /** From `Retry-After`, where the bank said. */
  readonly retryAfterSeconds?: number;
}

export type ApiResult<T> =
  | {
      readonly ok: true;
      readonly status: number;
      readonly value: T;
      /** Where the next page begins, of a list that has one. */
      readonly nextCursor?: string;
    }
  | { readonly ok: false; readonly problem: Problem };

type AsText<T> = { readonly [K in keyof T]: T[K] | string | number | bigint };
type Given<K extends string, T> = [T] extends [undefined]
  ? { readonly [P in K]?: undefined }
  : Partial<T> extends T
    ? { readonly [P in K]?: T }
    : { readonly [P in K]: T };

/** What a call takes: only what its row of the table names. */
export type CallInput<R extends Route> = Given<'params', TextOf<ParamsOf<R>>> &
  Given<'query', TextOf<QueryOf<R>>> &
  Given<'body', BodyOf<R>> & {
    readonly idempotencyKey?: R extends { idempotencyKey: true } ? string : undefined;
    readonly respondAsync?: R extends { respondAsync: true } ? boolean : undefined;
    /** From the page before: `nextCursor`. */
    readonly cursor?: R extends { cursor: true } ? string | undefined : undefined;
    readonly headers?: R extends { headers: readonly (infer H extends HeaderName)[] }
      ? Readonly<Partial<Record<H, string>>>
      : undefined;
    readonly signal?: AbortSignal;
  };
type TextOf<T> = T extends undefined ? undefined : AsText<T>;

type Call<R extends Route> =
  Partial<CallInput<R>> extends CallInput<R>
    ? (input?: CallInput<R>) => Promise<ApiResult<AnswerOf<R>>>
    : (input: CallInput<R>) => Promise<ApiResult<AnswerOf<R>>>;

/**
 * One function a route, under its name in the table. None of them throws or rejects. A WebSocket
 * is no call: whoever wants one opens it, with the token in a header or a subprotocol.
 */
export type Client = {
  readonly [N in RouteName as Routes[N]['answer'] extends { type: 'socket' } ? never : N]: Call<
    Routes[N]
  >;
};

export interface ClientOptions {
  /** Where the bank is, for example `http://127.0.0.1:9000`. */
  readonly baseUrl: string;
  /** The bearer token, or where to get it for each call; without one only public routes answer. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>);
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
}

interface AnyInput {
  readonly params?: Readonly<Record<string, string | number | bigint>>;
  readonly query?: Readonly<Record<string, string | number | bigint | undefined>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly respondAsync?: boolean;
  readonly cursor?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * A client of every route in the table. Answers are checked against their schema; answers of a
 * newer bank may have more fields. Packets come as base64url text (`fromBase64url`).
 *
 * A failure to reach the bank is a value too: `client/unreachable`. The request may still have
 * been carried out, so repeat what is safe to repeat: reads, batches of documents, enrolments and
 * allowance requests, and transfers with an idempotency key.
 */
export function createClient(options: ClientOptions): Client {
  const callable = ROUTE_NAMES.filter((name) => ROUTES[name].answer.type !== 'socket');
  const calls = callable.map((name) => [
    name,
    (input: AnyInput = {}) => call(options, ROUTES[name], input),
  ]);
  // The table's rows and the mapped type are one list.
  return Object.freeze(Object.fromEntries(calls)) as Client;
}

async function call(
  options: ClientOptions,
  route: Route,
  input: AnyInput,
): Promise<ApiResult<unknown>> {
  try {
    const response = await send(options, route, input);
    if (response.ok && route.answer.type === 'stream') {
      return { ok: true, status: response.status, value: textOf(response) };
    }
    const bytes = await readBody(response);
    if (response.ok && route.answer.type === 'file') {
      const mediaType = response.headers.get('content-type') ?? 'application/octet-stream';
      const value: File = { mediaType, bytes };
      return { ok: true, status: response.status, value };
    }
    const text = new TextDecoder().decode(bytes);
    return response.ok ? readAnswer(route, response, text) : readProblem(response, text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'The request failed.';
    return { ok: false, problem: clientProblem('client/unreachable', detail) };
  }
}

async function send(options: ClientOptions, route: Route, input: AnyInput): Promise<Response> {
  const token = typeof options.token === 'function' ? await options.token() : options.token;
  const ending = signalOf(options, route, input);
  return (options.fetch ?? fetch)(addressOf(options.baseUrl, route, input), {
    method: route.method,
    headers: headersOf(route, input, token),
    redirect: 'error',
    ...(ending === undefined ? {} : { signal: ending }),
    ...(route.body === undefined ? {} : { body: bodyOf(route, input) }),
  });
}

/** A stream goes on for as long as the caller wants it. */
function signalOf(options: ClientOptions, route: Route, input: AnyInput): AbortSignal | undefined {
  if (route.answer.type === 'stream') return input.signal;
  const timeout = AbortSignal.timeout(options.timeoutMs ?? LIMITS.clientTimeoutMs);
  return input.signal === undefined ? timeout : AbortSignal.any([timeout, input.signal]);
}

function addressOf(baseUrl: string, route: Route, input: AnyInput): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
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
  route: Route,
  input: AnyInput,
  token: string | undefined,
): Record<string, string> {
  return {
    ...input.headers,
    accept: `${acceptOf(route)}, application/problem+json`,
    ...(route.body === undefined
      ? {}
      : {
          'content-type': route.body.type === 'json' ? 'application/json' : route.body.mediaType,
        }),
    ...(token === undefined || route.auth === 'public' ? {} : { authorization: `Bearer ${token}` }),
    ...(input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey }),
    ...(input.respondAsync === true ? { prefer: 'respond-async' } : {}),
  };
}

function acceptOf({ answer }: Route): string {
  if (answer.type === 'file') return answer.mediaTypes.join(', ');
  return answer.type === 'page' || answer.type === 'stream' ? answer.mediaType : 'application/json';
}

function bodyOf(route: Route, input: AnyInput): string | Uint8Array<ArrayBuffer> {
  if (route.body?.type === 'bytes') return new Uint8Array(input.body as Uint8Array);
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

function readAnswer(route: Route, response: Response, text: string): ApiResult<unknown> {
  const { answer } = route;
  if (!('schema' in answer)) return { ok: true, status: response.status, value: text };
  const value = parseJson(text);
  if (value === undefined || !Value.Check(answer.schema, value)) {
    const detail = `The answer to ${route.method} ${route.path} is not what its schema says.`;
    return { ok: false, problem: clientProblem('client/unexpected_answer', detail) };
  }
  const next = response.headers.get('x-next-cursor');
  const nextCursor = next === null ? {} : { nextCursor: next };
  return { ok: true, status: response.status, value, ...nextCursor };
}

function readProblem(response: Response, text: string): ApiResult<never> {
  const body = parseJson(text);
  if (!Value.Check(ProblemBody, body)) {
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

function clientProblem(
  code: 'client/unreachable' | 'client/unexpected_answer',
  detail: string,
): Problem {
  const { status, title, transient, advice } = PROBLEM_CODES[code];
  return { type: `/problems/${code}`, title, status, detail, code, transient, advice };
}
