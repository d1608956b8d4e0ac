import type { ProblemBody, ProblemCode } from './problems.ts';
import type { AnswerOf, BodyOf, HeaderName, ParamsOf, QueryOf, Route } from './route.ts';
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
