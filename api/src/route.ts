import type { Static, TObject, TSchema } from '@sinclair/typebox';
import type { ProblemCode } from './problems.ts';
import type { Role } from './tokens.ts';

/** Who may call: everybody; anyone signed in; or whoever has the role. */
export type Auth = 'public' | 'account' | 'operator';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Which rate limit counts the calls: each class has its own. */
export type RateClass = 'auth' | 'wallets' | 'sync' | 'other' | 'none';

/** A header that a route reads besides those of every route. */
export type HeaderName = 'x-device-fingerprint' | 'last-event-id' | 'user-agent' | 'authorization';

export interface JsonBody {
  readonly type: 'json';
  readonly schema: TSchema;
  readonly example: unknown;
  /** For older clients: members that the schema does not name are taken and ignored. */
  readonly open?: true;
  /**
   * Top-level members that may also be a JSON number: its source text is what the schema checks
   * and the handler gets, so `500.10` is never a binary fraction.
   */
  readonly amounts?: readonly string[];
  /** The handler also gets the bytes of the body as they came (`call.raw`). */
  readonly verbatim?: true;
  /** Default: `LIMITS.jsonBodyBytes`. */
  readonly maxBytes?: number;
  /** Values in it at most; default: what any other body may hold. */
  readonly maxValues?: number;
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
  readonly mediaType: 'text/html' | 'text/css' | 'text/plain; version=0.0.4';
}

/** Bytes of one of these types, chosen by the handler. */
export interface FileAnswer {
  readonly type: 'file';
  readonly mediaTypes: readonly string[];
}

export interface File {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Text that goes on until either side ends it (server-sent events). */
export interface StreamAnswer {
  readonly type: 'stream';
  readonly mediaType: 'text/event-stream';
  readonly example: string;
}

/** A WebSocket (RFC 6455) on which only the bank speaks: a JSON text a message. */
export interface SocketAnswer {
  readonly type: 'socket';
  /** The subprotocol that both name. */
  readonly protocol: string;
  readonly example: string;
}

/** One row of the table: everything about a route that both sides must know. */
export interface Route {
  readonly method: Method;
  /** With parameters in braces, as OpenAPI writes them. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly auth: Auth;
  /** Only for callers with one of these roles; narrows `auth`. */
  readonly roles?: readonly Role[];
  /** Only in a session that has proved its second factor in the last minutes. */
  readonly stepUp?: true;
  readonly limit: RateClass;
  /** Where this is not so the path does not exist. */
  readonly only?: 'demo' | 'not_production';
  /** For older tills: problems say their sentence in `error` and `errors` as well. */
  readonly forTills?: true;
  /** In a demo the row may also be called without a token; one that is sent is checked. */
  readonly openInDemo?: true;
  /** True where a blocked account may still call, so that what is pending can be handed in. */
  readonly openToBlocked?: boolean;
  readonly params?: TObject;
  readonly query?: TObject;
  /** For older clients: parameters that `query` does not name are taken and ignored. */
  readonly openQuery?: true;
  /** A list in pages: takes `cursor`, and answers the next one in `X-Next-Cursor`. */
  readonly cursor?: true;
  readonly headers?: readonly HeaderName[];
  readonly body?: JsonBody | BytesBody;
  /** The route takes `Idempotency-Key`. */
  readonly idempotencyKey?: boolean;
  /** The route takes `Prefer: respond-async`. */
  readonly respondAsync?: boolean;
  /** Each with what it means; the first is the usual one. */
  readonly statuses: Readonly<Record<number, string>>;
  readonly answer:
    JsonAnswer | PacketAnswer | PageAnswer | FileAnswer | StreamAnswer | SocketAnswer;
  /** The answer carries an ETag, and `If-None-Match` with it is answered 304. */
  readonly etag?: true;
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
  : R['answer'] extends { type: 'file' }
    ? File
    : R['answer'] extends { type: 'stream' | 'socket' }
      ? AsyncIterable<string>
      : string;

/** What any route may answer besides its own problems. */
export function commonProblems(route: Route): readonly ProblemCode[] {
  const input = route.params ?? route.query ?? route.body ?? route.headers ?? route.cursor;
  return [
    ...(route.auth === 'public'
      ? []
      : ([
          'auth/token_missing',
          'auth/token_invalid',
          'auth/token_expired',
          'auth/session_ended',
        ] as const)),
    ...(route.auth === 'operator' || route.roles !== undefined
      ? (['auth/role_missing'] as const)
      : []),
    ...(route.stepUp === true ? (['auth/step_up_required'] as const) : []),
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
    ...(route.idempotencyKey === true
      ? (['idempotency/key_reused', 'idempotency/in_progress'] as const)
      : []),
    ...(route.limit === 'none' ? [] : (['rate/limited'] as const)),
    'server/unavailable',
    'server/internal',
  ];
}
