import type {
  AnswerOf,
  BodyOf,
  FieldError,
  ParamsOf,
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
}

export type AccountStatus = 'active' | 'review' | 'closed';

/** A request that has been authenticated, authorised and validated by its row of the table. */
export interface Call<N extends RouteName> {
  readonly caller: Routes[N]['auth'] extends 'public' ? undefined : Caller;
  readonly params: ParamsOf<Routes[N]>;
  readonly query: QueryOf<Routes[N]>;
  readonly body: BodyOf<Routes[N]>;
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
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
}

export type Reply<N extends RouteName> =
  { readonly ok: true; readonly status: number; readonly value: AnswerOf<Routes[N]> } | Refused;

export type Handler<N extends RouteName> = (call: Call<N>) => Promise<Reply<N>>;

/** What a `routes.ts` makes: one handler for each route it answers. */
export type Handlers<N extends RouteName> = { readonly [K in N]: Handler<K> };
