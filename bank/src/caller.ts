import type {
  AnswerOf,
  BodyOf,
  FieldError,
  HeaderName,
  ParamsOf,
  ProblemBody,
  ProblemCode,
  QueryOf,
  Role,
  RouteName,
  Routes,
} from '@sikka/api';

/** Who is asking, as the bank's own record has them at this moment. */
export interface Caller {
  readonly accountId: bigint;
  /** The public id, which documents name. */
  readonly account: string;
  readonly roles: ReadonlySet<Role>;
  readonly status: AccountStatus;
  /** Absent where the token belongs to no session (`sikka token`). */
  readonly session?: CallerSession;
}

/** The session that the token belongs to; it is live. */
export interface CallerSession {
  readonly id: Uint8Array;
  readonly steppedUpAt?: Date;
  readonly deviceNo?: bigint;
  readonly fingerprint?: Uint8Array;
}

export type AccountStatus = 'active' | 'review' | 'closed';

/** In a demo a row that is open there may be called by nobody in particular. */
type CallerOf<R> = R extends { readonly auth: 'public' }
  ? undefined
  : R extends { readonly openInDemo: true }
    ? Caller | undefined
    : Caller;

/** A request that has been authenticated, authorised and validated by its row of the table. */
export interface Call<N extends RouteName> {
  readonly caller: CallerOf<Routes[N]>;
  readonly params: ParamsOf<Routes[N]>;
  readonly query: QueryOf<Routes[N]>;
  readonly body: BodyOf<Routes[N]>;
  /** The body's bytes as they came, where the row says `verbatim`. */
  readonly raw: Routes[N] extends { body: { verbatim: true } } ? Uint8Array : undefined;
  /** Those that the row names, at most 512 printable characters each. */
  readonly headers: Readonly<Partial<Record<HeaderName, string>>>;
  /** Where the page begins: what an answer of ours gave in `X-Next-Cursor`; not yet checked. */
  readonly cursor: string | undefined;
  /** The caller's true address: proxies that we trust are seen through, others are not. */
  readonly address: string;
  /** As in the answer's `X-Request-Id` and in the log. */
  readonly requestId: string;
  /** For streams: aborted when the caller has gone or the bank stops. */
  readonly ended: Routes[N]['answer'] extends { type: 'stream' | 'socket' }
    ? AbortSignal
    : undefined;
  readonly idempotencyKey: string | undefined;
  /** The caller asked not to wait. */
  readonly respondAsync: boolean;
  /** When the request came in. */
  readonly now: Date;
}

/** A refusal, from the closed list. The sentence is for people and holds no secrets. */
export interface Refused {
  readonly ok: false;
  readonly code: ProblemCode;
  readonly detail: string;
  /** Only with `auth/account_blocked`: sent as the `detail`, as existing clients read it. */
  readonly blocked?: Exclude<ProblemBody['detail'], string>;
  /** Only with `auth/account_blocked`: opens what is left open to blocked accounts. */
  readonly handInToken?: string;
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
}

export type Reply<N extends RouteName> =
  | {
      readonly ok: true;
      readonly status: number;
      readonly value: AnswerOf<Routes[N]>;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | Refused;

export type Handler<N extends RouteName> = (call: Call<N>) => Promise<Reply<N>>;

/** What a `routes.ts` makes: one handler for each route it answers. */
export type Handlers<N extends RouteName> = { readonly [K in N]: Handler<K> };
