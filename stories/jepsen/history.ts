/** Money that somebody asks to be moved, once, however often he asks. */
export interface Movement {
  /** Its idempotency key, or the id of the payment. */
  readonly id: string;
  /** Numbers of wallets; what an offline wallet's allowances hold counts as its own. */
  readonly from: string;
  readonly to: string;
  readonly amountMinor: bigint;
  /** Its money was set aside before: the bank may not refuse it. */
  readonly reserved: boolean;
}

/** What is known of the books at one moment. */
export interface Sight {
  /** Minor units of each wallet. */
  readonly balances: ReadonlyMap<string, bigint>;
  /** Ids of movements, as often as they are there. */
  readonly present: readonly string[];
  /** Sum over every account of the bank, its own included: zero. */
  readonly sumMinor: bigint;
  /** Accounts below their floor: none. */
  readonly belowFloor: readonly string[];
}

/**
 * What happened, in the order in which it was heard of. Everything that is asked has a number,
 * under which its end is told: `ok`, `stored` (it will be done), `fail` (nothing was and will be
 * done), or `info` (nobody knows).
 */
export type Entry =
  | { readonly type: 'invoke'; readonly asked: number; readonly movement: Movement }
  | { readonly type: 'ok'; readonly asked: number; readonly answer: string }
  | { readonly type: 'stored'; readonly asked: number }
  | { readonly type: 'fail'; readonly asked: number; readonly code: string }
  | { readonly type: 'info'; readonly asked: number }
  /** Somebody begins to look, at all or at one movement. */
  | { readonly type: 'look'; readonly asked: number }
  | { readonly type: 'seen'; readonly asked: number; readonly sight: Sight }
  | {
      readonly type: 'found';
      readonly asked: number;
      readonly id: string;
      readonly there: boolean;
    };

/** What must not be: each names what it was seen of. */
export const VIOLATIONS = [
  /** The sum over people, or over all accounts, is another one. */
  'total_moved',
  'negative_balance',
  /** Acknowledged before somebody looked, and not there. */
  'acknowledged_lost',
  /** There once, and later not. */
  'vanished',
  'present_twice',
  /** There, and every attempt was refused. */
  'refused_but_present',
  /** There, and nobody asked for it. */
  'never_asked',
  /** Balances are not what the movements that are there make of them. */
  'balances_unexplained',
  /** Asked again, and told something else. */
  'other_answer',
  /** Refused although its money was set aside. */
  'reserved_refused',
  /** The bank has it, and did not settle it. */
  'stored_not_settled',
] as const;

export interface Violation {
  readonly what: (typeof VIOLATIONS)[number];
  readonly of: string;
}
