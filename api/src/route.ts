import type { Static, TObject, TSchema } from '@sinclair/typebox';
import type { ProblemCode } from './problems.ts';

/** Who may call: everybody; anyone signed in; or whoever has the role. */
export type Auth = 'public' | 'account' | 'operator';

export type MediaType = 'application/cbor' | 'text/html';

export interface JsonBody {
  readonly type: 'json';
  readonly schema: TObject;
  readonly example: unknown;
}

export interface BytesBody {
  readonly type: 'bytes';
  readonly mediaType: 'application/cbor';
  readonly description: string;
  readonly maxBytes: number;
}

export interface JsonAnswer {
  readonly type: 'json';
  readonly schema: TSchema;
  readonly example: unknown;
}

/**
 * One packet by the bank: JSON with the packet in base64url under `packet`, or the packet itself
 * for whoever accepts `application/cbor`. `first` is sent where the caller takes either.
 */
export interface PacketAnswer {
  readonly type: 'packet';
  readonly first: 'application/cbor' | 'application/json';
  readonly schema: TObject;
  readonly example: unknown;
}

export interface PageAnswer {
  readonly type: 'page';
  readonly mediaType: 'text/html' | 'text/css';
}

/** One row of the table: everything about a route that both sides must know. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** With parameters in braces, as OpenAPI writes them. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly auth: Auth;
  /** True where a blocked account may still call, so that what is pending can be handed in. */
  readonly openToBlocked?: boolean;
  readonly params?: TObject;
  readonly query?: TObject;
  readonly body?: JsonBody | BytesBody;
  /** The route takes `Idempotency-Key`. */
  readonly idempotencyKey?: boolean;
  /** The route takes `Prefer: respond-async`. */
  readonly respondAsync?: boolean;
  /** Each with what it means; the first is the usual one. */
  readonly statuses: Readonly<Record<number, string>>;
  readonly answer: JsonAnswer | PacketAnswer | PageAnswer;
  /** Beside those that every route has (`commonProblems`). */
  readonly problems: readonly ProblemCode[];
}

export type ParamsOf<R extends Route> = R extends { params: infer S extends TSchema }
  ? Static<S>
  : undefined;
export type QueryOf<R extends Route> = R extends { query: infer S extends TSchema }
  ? Static<S>
  : undefined;
export type BodyOf<R extends Route> = R extends { body: { type: 'json'; schema: infer S } }
  ? S extends TSchema
    ? Static<S>
    : never
  : R extends { body: { type: 'bytes' } }
    ? Uint8Array
    : undefined;
export type AnswerOf<R extends Route> = R['answer'] extends { schema: infer S extends TSchema }
  ? Static<S>
  : string;

/** What any route may answer besides its own problems. */
export function commonProblems(route: Route): readonly ProblemCode[] {
  const input = route.params ?? route.query ?? route.body;
  return [
    ...(route.auth === 'public'
      ? []
      : (['auth/token_missing', 'auth/token_invalid', 'auth/token_expired'] as const)),
    ...(route.auth === 'operator' ? (['auth/role_missing'] as const) : []),
    ...(route.auth !== 'public' && route.openToBlocked !== true
      ? (['auth/account_blocked'] as const)
      : []),
    ...(input === undefined ? [] : (['request/invalid'] as const)),
    ...(route.body?.type === 'json'
      ? (['request/malformed', 'request/duplicate_key'] as const)
      : []),
    ...(route.body === undefined
      ? []
      : (['request/too_large', 'request/unsupported_media_type'] as const)),
    ...(route.idempotencyKey === true ? (['idempotency/key_reused'] as const) : []),
    'server/unavailable',
    'server/internal',
  ];
}
