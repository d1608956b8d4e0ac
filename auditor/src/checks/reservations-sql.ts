/** An allowance with what has to agree with it. */
export interface AllowanceRow {
  readonly no: bigint;
  readonly id: Uint8Array;
  readonly currency: number;
  readonly limit_minor: bigint;
  readonly claim_until_s: bigint;
  readonly ledger_account: bigint;
  readonly payer_offline: bigint | null;
  /** From its settled payments. */
  readonly settled_minor: bigint;
  /** Of its last allowed sequence; null where that has not settled. */
  readonly last_spent: bigint | null;
  /** Of its first proof of equivocation. */
  readonly proved_at: Date | null;
  readonly status: string | null;
  readonly state_limit_minor: bigint | null;
  readonly state_claim_until_s: bigint | null;
  readonly state_settled_minor: bigint | null;
  readonly state_released_minor: bigint | null;
  readonly revoked_at: Date | null;
  readonly is_over: boolean;
}

/** A transfer from or to a reservation that is not a settlement. */
export interface MoveRow {
  readonly no: bigint;
  readonly id: bigint;
  readonly kind: string;
  readonly debit_account: bigint;
  readonly credit_account: bigint;
  readonly amount: bigint;
  readonly currency: number;
  readonly reference: Uint8Array | null;
  readonly at: Date;
}

/** `$1`: as of when claim windows are over. */
export const ALLOWANCES = `
  select a.no, a.id, a.currency, a.limit_minor, a.claim_until_s, a.ledger_account,
    w.ledger_account as payer_offline, coalesce(t.settled, 0) as settled_minor,
    l.spent as last_spent, p.proved_at, s.status, s.limit_minor as state_limit_minor,
    s.claim_until_s as state_claim_until_s, s.settled_minor as state_settled_minor,
    s.released_minor as state_released_minor, s.revoked_at,
    a.claim_until_s < extract(epoch from $1::timestamptz) as is_over
  from allowances as a
  left join allowance_states as s on s.no = a.no
  left join wallets as w on w.number = a.payer_wallet
  left join (
    select allowance_no, sum(amount) as settled from settled_payments group by allowance_no
  ) as t on t.allowance_no = a.no
  left join settled_payments as l
    on l.allowance_no = a.no and l.sequence = a.first_sequence::bigint + a.count - 1
  left join (
    select allowance_no, min(at) as proved_at from proofs group by allowance_no
  ) as p on p.allowance_no = a.no
  order by a.no`;

export const MOVES = `
  select a.no, t.id, t.kind, t.debit_account, t.credit_account, t.amount, t.currency,
    t.reference, t.at
  from (
    select id, kind, debit_account, credit_account, amount, currency, reference, at,
      debit_account as account
    from ledger_transfers where kind <> 'settlement'
    union all
    select id, kind, debit_account, credit_account, amount, currency, reference, at,
      credit_account
    from ledger_transfers where kind <> 'settlement'
  ) as t
  join allowances as a on a.ledger_account = t.account
  order by a.no, t.id`;
